import type { Invariant } from './invariant.js';

/** I7, as far as our own table tells; what really left us is in the log of the simulator (sms-log.ts). */
export const oneMessagePerEvent: Invariant = {
  id: 'I7',
  says: 'At most one SMS goes to a person for an event and a template.',
  rules: () => [
    { rule: 'one message for an event, a person and a template', sql: REPEATED },
    { rule: 'a message at Twilio is one of ours', sql: SHARED_SID },
  ],
  counted: 'SELECT count(*) AS messages FROM notification.messages',
};

const REPEATED = `
  SELECT 'event ' || event_id || ' is told to user ' || user_id || ' by ' || count(*) || ' messages ' || template AS what
  FROM notification.messages GROUP BY event_id, user_id, template HAVING count(*) > 1`;

const SHARED_SID = `
  SELECT 'message ' || id || ' shares its sid ' || sid AS what
  FROM notification.messages
  WHERE sid IN (SELECT sid FROM notification.messages GROUP BY sid HAVING count(*) > 1)`;
