/** Where Twilio reports what became of a message: the configured URL with the message's id, as it is sent. */
export function callbackUrlFor(base: string, messageId: string): string {
  const [url = '', ...fragment] = base.split('#');
  const withId = `${url}${url.includes('?') ? '&' : '?'}m=${messageId}`;
  return [withId, ...fragment].join('#');
}

/**
 * The URL as Twilio signs it: with the id for a report, without one for an SMS that came in. Its fragment only tunes
 * Twilio's retries and is never sent.
 */
export function signedUrlFor(base: string, messageId?: string): string {
  return (messageId === undefined ? base : callbackUrlFor(base, messageId)).split('#')[0]!;
}
