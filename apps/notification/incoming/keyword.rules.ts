/** What somebody wants who sends an SMS to our number. */
export type Wanted =
  /** The newest tokens once more; of the meter whose number ends so. */
  | { kind: 'tokens'; meterEnding?: string }
  /** Words with which people opt out and in, or ask the network for help: Twilio answers them. */
  | { kind: 'carrier' }
  /** Anything else. */
  | { kind: 'help' };

/** `TOKEN`, and a meter's number or its last four digits. */
const TOKENS = /^tokens?[.!]?(?: ?(\d{4,20}))?[.!]?$/i;
const CARRIERS = new Set([
  ...['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  ...['START', 'YES', 'UNSTOP', 'HELP', 'INFO'],
]);

/** Reads a text as people type it: in any case, with any spaces, digits in groups. */
export function wantedBy(text: string): Wanted {
  const words = text.normalize('NFKC').trim().replace(/\s+/g, ' ');
  if (CARRIERS.has(words.toUpperCase().replace(/[.!]$/, ''))) return { kind: 'carrier' };
  const [, meterEnding] = TOKENS.exec(words.replace(/(?<=\d)[ -](?=\d)/g, '')) ?? [];
  if (meterEnding !== undefined) return { kind: 'tokens', meterEnding };
  return TOKENS.test(words) ? { kind: 'tokens' } : { kind: 'help' };
}
