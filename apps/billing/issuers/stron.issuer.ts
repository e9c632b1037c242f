import { Energy, type Money } from '#kernel';
import type { IssueOutcome, IssueRequest, TokenIssuer } from '../vends/token-issuer.port.js';
import { post, type PostOptions } from './manufacturer-http.js';
import { credit, digitsOf, membersOf, NOT_UNDERSTOOD, REFUSED, tenthsOf } from './tokens-of-answers.rules.js';

export interface StronAccount {
  url: string;
  company: string;
  username: string;
  password: string;
  timeoutMillis: number;
}

type NotDone = Extract<IssueOutcome, { kind: 'not_done' }>;

/** Decimals of a price. */
const MICROS = 1_000_000n;

/**
 * Stron's vending API: money and a price. Built from public descriptions, not tested with the vendor. It cannot be
 * asked what became of a call, so a doubt is for a person.
 */
export class StronIssuer implements TokenIssuer {
  constructor(private readonly account: StronAccount) {}

  async issue(request: IssueRequest, signal: AbortSignal): Promise<IssueOutcome> {
    const { requestId, meterNumber, amount } = request;
    const { url, company, username, timeoutMillis } = this.account;
    const options = {
      requestId,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMillis)]),
    };
    const signedIn = await this.signIn(options);
    if (typeof signedIn !== 'string') return signedIn;
    const tenths = tenthsOf(request.units);
    const order = {
      CustomerId: meterNumber,
      MeterId: meterNumber,
      Price: priceFor(amount, tenths),
      Rate: '1',
      Amount: amount.amount,
      AmountTmp: amount.currency,
      Company: company,
      Employee: username,
      ApiToken: signedIn,
    };
    const answer = await post(`${url}/vending/`, order, options);
    return answer.kind === 'answered' ? read(answer.text, Energy.ofWattHours(tenths * 100n)) : answer;
  }

  /**
   * Anew for each vend: of an old sign-in nobody could tell whether it or the meter was refused. Nothing is made by it,
   * whatever becomes of it.
   */
  private async signIn(options: PostOptions): Promise<string | NotDone> {
    const { url, company, username, password } = this.account;
    const order = { Username: username, Password: password, Companyname: company };
    const answer = await post(`${url}/login/`, order, options);
    if (answer.kind !== 'answered') return { kind: 'not_done', reason: `sign-in: ${answer.reason}` };
    const token = membersOf(answer.text)['ApiToken'] ?? unquoted(answer.text);
    return typeof token === 'string' && /^[\w.~+/=-]{8,500}$/.test(token)
      ? token
      : { kind: 'not_done', reason: 'sign-in: refused' };
  }
}

/** What a kWh costs on average. Cut, never rounded up: their division must not come out below what was promised. */
function priceFor(amount: Money, tenths: bigint): string {
  const decimals = BigInt(10 ** (amount.amount.split('.')[1] ?? '').length);
  const micros = (amount.minor * 10n * MICROS) / (tenths * decimals);
  return `${micros / MICROS}.${String(micros % MICROS).padStart(6, '0')}`;
}

/** Text whose first part, up to a comma, is the token; `false`, or an object with a `Message`, is a refusal. */
function read(text: string, units: Energy): IssueOutcome {
  const line = unquoted(text);
  if (line === 'false' || membersOf(text)['Message'] !== undefined) return REFUSED;
  const token = digitsOf(line.split(',')[0]);
  return token === undefined ? NOT_UNDERSTOOD : credit(token, units);
}

/** Not by JSON.parse: twenty digits without quotes would be a number, and lose some. */
function unquoted(text: string): string {
  return text.trim().replace(/^"(.*)"$/, '$1');
}
