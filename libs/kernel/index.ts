export * from './money.js';
export * from './energy.js';
export * from './ids.js';
export * from './clock.js';
export * from './result.js';
export * from './problems.js';
export * from './state-machine.js';
export * from './masking.js';
