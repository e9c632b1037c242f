import { MESSAGE_STATES, messageMachine, stateOf } from './message.machine.js';

test('a message only moves forward, and never out of an end', () => {
  const rank = { queued: 0, sending: 1, sent: 2, delivered: 3, undelivered: 3, failed: 3, shown: 0 };
  for (const from of MESSAGE_STATES) {
    for (const to of MESSAGE_STATES)
      expect(messageMachine.can(from, to)).toBe(from !== 'shown' && rank[from] < rank[to]);
  }
});

test.each([
  ['accepted', 'sending'],
  ['queued', 'sending'],
  ['sent', 'sent'],
  ['read', 'delivered'],
  ['canceled', 'failed'],
  ['received', undefined],
  ['constructor', undefined],
])('what Twilio calls %s is %s to us', (status, state) => {
  expect(stateOf(status)).toBe(state);
});
