import type { Statements } from './statements.js';

interface Waiting<V> {
  resolve: (value: V) => void;
  reject: (error: unknown) => void;
}

/** What a batch knows of one table, and what it is to ask of it and to write to it. */
export interface BatchTable {
  statements: Statements;
  /** The identity map: one promise, and so one object, per row that anybody asked for or inserted. */
  known: Map<string, Promise<object | undefined>>;
  wanted: Map<string, Waiting<object | undefined>>;
  /** Keys that a load did not find. Somebody else may insert them meanwhile: a claim that is lost says so. */
  absent: Set<string>;
  claims: { id: string; row: object; waiting: Waiting<boolean> }[];
  inserts: Set<object>;
  dirty: Set<object>;
  dirtyProperties: Set<string>;
  deltas: Map<string, Map<string, bigint>>;
}

export function emptyTable(statements: Statements): BatchTable {
  return {
    statements,
    known: new Map(),
    wanted: new Map(),
    absent: new Set(),
    claims: [],
    inserts: new Set(),
    dirty: new Set(),
    dirtyProperties: new Set(),
    deltas: new Map(),
  };
}
