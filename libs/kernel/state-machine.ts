/** A machine as data: each state, the sentence that explains it, and the states that may follow. */
export type Transitions<S extends string> = Record<S, { means: string; next: readonly S[] }>;

/** Thrown for a transition that the table does not have. For a consumer this is a permanent error. */
export class ImpossibleTransition extends Error {
  constructor(machine: string, from: string, to: string) {
    super(`${machine} cannot go from ${from} to ${to}`);
    this.name = 'ImpossibleTransition';
  }
}

export class StateMachine<S extends string> {
  constructor(
    readonly name: string,
    readonly states: Transitions<S>,
  ) {}

  can(from: S, to: S): boolean {
    return this.states[from].next.includes(to);
  }

  /** The new state, or an `ImpossibleTransition`. */
  move(from: S, to: S): S {
    if (!this.can(from, to)) throw new ImpossibleTransition(this.name, from, to);
    return to;
  }

  isTerminal(state: S): boolean {
    return this.states[state].next.length === 0;
  }
}
