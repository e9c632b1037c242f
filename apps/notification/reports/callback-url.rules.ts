/** Where Twilio reports what became of a message: the configured URL with the message's id, as it is sent. */
export function callbackUrlFor(base: string, messageId: string): string {
  const [url = '', ...fragment] = base.split('#');
  const withId = `${url}${url.includes('?') ? '&' : '?'}m=${messageId}`;
  return [withId, ...fragment].join('#');
}

/** The same URL as Twilio signs it: its fragment only tunes Twilio's retries and is never sent. */
export function signedUrlFor(base: string, messageId: string): string {
  return callbackUrlFor(base, messageId).split('#')[0]!;
}
