import { type OutboxRow, Tx } from '#messaging';
import { plant } from './plant.js';

interface Inside {
  insert: (entity: unknown, row: OutboxRow) => OutboxRow;
  outlets: { relay: { push(row: OutboxRow): void } };
}

/** An event is handed to the bus when it is decided, whether or not its transaction commits. */
plant(Tx.prototype, 'publish', (original) => {
  return function (this: Tx, ...decided: Parameters<Tx['publish']>) {
    const inside = this as unknown as Inside;
    const { insert } = inside;
    inside.insert = (entity, row) => {
      inside.outlets.relay.push(row);
      return insert.call(this, entity, row);
    };
    try {
      original.apply(this, decided);
    } finally {
      inside.insert = insert;
    }
  };
});
