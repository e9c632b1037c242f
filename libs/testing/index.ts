export * from './api-client.js';
export * from './deliver-twice.js';
export * from './live-client.js';
export * from './test-database.js';
export * from './test-service.js';
export * from './until.js';
