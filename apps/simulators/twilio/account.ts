export const API_VERSION = '2010-04-01';

export interface Account {
  accountSid: string;
  /** The password of the REST API and the key of the callbacks' signature. */
  authToken: string;
  /** API keys may send as well; callbacks are signed with the account's token all the same. */
  apiKeys?: readonly { sid: string; secret: string }[];
}

/** Paths in answers are relative to the client's base URL, so they leave out the simulator's own prefix. */
export function messagesPath(accountSid: string): string {
  return `/${API_VERSION}/Accounts/${accountSid}/Messages`;
}

/** The `Authorization` headers that open this account. */
export function keysOf({ accountSid, authToken, apiKeys = [] }: Account): ReadonlySet<string> {
  const pairs = [`${accountSid}:${authToken}`, ...apiKeys.map(({ sid, secret }) => `${sid}:${secret}`)];
  return new Set(pairs.map((pair) => `Basic ${Buffer.from(pair).toString('base64')}`));
}
