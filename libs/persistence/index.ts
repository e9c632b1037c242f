export * from './batch.js';
export * from './crash-points.js';
export * from './data-source.js';
export * from './database-errors.js';
export * from './schemas.js';
export * from './transaction.js';
export * from './unit-of-work.js';
export { DataFolderInUse } from './embedded/cluster-owner.js';
export * from './embedded/embedded-postgres.js';
