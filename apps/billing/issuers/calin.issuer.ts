import { Energy } from '#kernel';
import type { IssueOutcome, IssueRequest, TokenIssuer } from '../vends/token-issuer.port.js';
import { post } from './manufacturer-http.js';
import { credit, digitsOf, membersOf, NOT_UNDERSTOOD, REFUSED, tenthsOf } from './tokens-of-answers.rules.js';

export interface CalinAccount {
  url: string;
  userId: string;
  apiKey: string;
  timeoutMillis: number;
}

/**
 * Calin's vending API: kilowatt-hours with one decimal, one token. Built from public descriptions, not tested with the
 * vendor. It cannot be asked what became of a call, so a doubt is for a person.
 */
export class CalinIssuer implements TokenIssuer {
  constructor(private readonly account: CalinAccount) {}

  async issue({ requestId, meterNumber, units }: IssueRequest, signal: AbortSignal): Promise<IssueOutcome> {
    const { url, userId, apiKey, timeoutMillis } = this.account;
    const tenths = tenthsOf(units);
    const order = {
      user_id: userId,
      password: apiKey,
      meter_id: meterNumber,
      token_type: 'CreditToken',
      amount: Number(tenths) / 10,
    };
    const patience = AbortSignal.any([signal, AbortSignal.timeout(timeoutMillis)]);
    const answer = await post(`${url}/tokennew`, order, { requestId, signal: patience });
    if (answer.kind !== 'answered') return answer;
    return read(answer.text, Energy.ofWattHours(tenths * 100n));
  }
}

/** `{"result_code": 0, "reason": "OK", "result": "<token>"}`; another code is a refusal. */
function read(text: string, units: Energy): IssueOutcome {
  const { result_code: code, result } = membersOf(text);
  if (typeof code !== 'number' && !(typeof code === 'string' && /^-?\d+$/.test(code))) return NOT_UNDERSTOOD;
  if (Number(code) !== 0) return REFUSED;
  const token = digitsOf(result);
  return token === undefined ? NOT_UNDERSTOOD : credit(token, units);
}
