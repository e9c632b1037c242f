export { environmentsFor, type SystemPlan } from './service-environments.js';
export { startProcesses, type RunningProcesses } from './start-processes.js';
export { type RunningSystem, startSystem } from './start-system.js';
