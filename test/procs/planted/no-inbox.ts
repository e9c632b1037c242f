import { Inbox } from '#messaging';
import { plant } from './plant.js';

/** What was handled before is noted, and handled again. */
plant(Inbox.prototype, 'handleOnce', (original) => {
  return function (this: Inbox, envelope, handle) {
    const noted = original.call(this, envelope, () => Promise.resolve());
    return noted.then(() => {
      const { work } = this as unknown as {
        work: { run: (c: object, w: (tx: never) => Promise<void>) => Promise<void> };
      };
      return work.run({ correlationId: envelope.correlationid, causationId: envelope.id }, (tx) =>
        handle(envelope, tx),
      );
    });
  };
});
