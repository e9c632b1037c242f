import { StateMachine } from '#kernel';
import { plant } from './plant.js';

/** A report is believed whenever it comes: a message that was delivered may be on its way again. */
plant(StateMachine.prototype, 'can', (original) => {
  return function (this: StateMachine<string>, from, to) {
    return this.name === 'message' || original.call(this, from, to);
  };
});
