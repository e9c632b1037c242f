export * from './check-invariants.js';
export { INVARIANT_IDS, type InvariantId, type InvariantResult } from './invariant.js';
export * from './until-settled.js';
