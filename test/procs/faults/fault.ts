import type { FaultWorld } from '../fault-world.js';
import type { Load } from '../load.js';

/** One thing that goes wrong. `strike` returns how many faults it was, once the last of them is over. */
export interface Fault {
  class: string;
  /** With what the dice have decided. */
  says: string;
  strike(world: FaultWorld, load: Load): Promise<number>;
}

/** Several faults after which the system is looked at. */
export interface FaultGroup {
  class: string;
  faults: Fault[];
  /** They strike beside each other, or one after the other. */
  together: boolean;
}
