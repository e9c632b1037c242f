import { Batch } from '#persistence';
import { plant } from './plant.js';

/** A hold is never released. */
plant(Batch.prototype, 'set', (original) => {
  return function <T extends object>(this: Batch, row: T, changes: Partial<T>): T {
    const { state } = changes as { state?: string };
    if (row.constructor.name === 'Hold' && state === 'released') return row;
    return original.call(this, row, changes) as T;
  };
});
