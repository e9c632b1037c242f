import { Batch } from '#persistence';
import { plant } from './plant.js';

interface Inside {
  table(entity: { name: string }): {
    statements: { selectForUpdate(ids: string[]): { name: string; text: string } };
  };
}

/** Accounts are read, changed and written back without a lock: who comes in between is forgotten. */
plant(Batch.prototype as unknown as Inside, 'table', (original) => {
  return function (this: Inside, entity) {
    const table = original.call(this, entity);
    if (entity.name === 'Account') {
      const { statements } = table;
      const locked = Object.getPrototypeOf(statements).selectForUpdate as typeof statements.selectForUpdate;
      statements.selectForUpdate = function (ids) {
        const statement = locked.call(this, ids);
        return { ...statement, name: `${statement.name} x`, text: statement.text.replace(' FOR UPDATE', '') };
      };
    }
    return table;
  };
});
