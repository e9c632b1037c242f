import { Energy } from '#kernel';
import { type Message, read, REPLY, type Struct } from '#thrift';
import type { IssuedToken, IssueOutcome, IssueRequest } from '../vends/token-issuer.port.js';
import { digitsOf, NOT_UNDERSTOOD, REFUSED, tenthsOf } from './tokens-of-answers.rules.js';

/** Classes and subclasses of tokens, by the STS specification. */
const CREDIT = 0;
const KEY_CHANGE = { class: 2, subclasses: [3, 4, 8, 9] };

/** Errors after which it is certain that nothing was made. Of every other one nobody knows how far the module came. */
const NOT_DONE = [/^EAuthentication\./, /^ESignin\./, /^EService\.Disabled$/];
const NOT_THIS_METER = [/^ESts\./, /^EKeystore\.NotFound$/];
const OUT_OF_RANGE = [/^EParamRange$/, /^EPrefRange$/];

/** What an answer to issueCreditToken or fetchTokenResult says of a vend. */
export function outcomeOf({ kind, body }: Message, request: IssueRequest): IssueOutcome {
  if (kind !== REPLY) return NOT_UNDERSTOOD;
  const error = read(body, 1, 'struct');
  if (error) return outcomeOfError(read(error, 1, 'string') ?? '');
  const list = read(body, 0, 'list');
  if (!list) return NOT_UNDERSTOOD;
  const structs = list.flatMap((it) => (it.type === 'struct' ? [it.value] : []));
  const tokens = structs.flatMap((it) => tokenOf(it, request.meterNumber) ?? []);
  if (tokens.length !== list.length) return NOT_UNDERSTOOD;
  const [credit, ...more] = tokens.filter((it) => it.kind === 'credit');
  // Less than was promised, or twice as much: a person looks at it.
  if (!credit?.units || more.length > 0) return NOT_UNDERSTOOD;
  if (credit.units.wattHours < request.units.wattHours) return NOT_UNDERSTOOD;
  const keyChange = tokens.filter((it) => it.kind === 'key_change');
  const reference = referenceOf(structs);
  return { kind: 'issued', tokens: [...keyChange, credit], ...(reference && { reference }) };
}

/** The token of our account, after signInWithPassword; undefined when we were not let in. */
export function accessTokenOf({ kind, body }: Message): string | undefined {
  const session = kind === REPLY ? read(body, 0, 'struct') : undefined;
  return session && read(session, 1, 'string');
}

/** What a token is to carry: a module counts tenths of a kWh, in a double. */
export function transferAmountOf({ units }: IssueRequest): number {
  return Number(tenthsOf(units));
}

function tokenOf(token: Struct, meterNumber: string): IssuedToken | undefined {
  const digits = digitsOf(read(token, 30, 'string'));
  if (digits === undefined || read(token, 1, 'string') !== meterNumber) return undefined;
  const [tokenClass, subclass = -1] = [wholeOf(token, 10), wholeOf(token, 11)];
  if (tokenClass === KEY_CHANGE.class && KEY_CHANGE.subclasses.includes(subclass))
    return { kind: 'key_change', token: digits };
  const tenths = read(token, 13, 'double');
  if (tokenClass !== CREDIT || subclass !== 0 || !tenths || !Number.isSafeInteger(tenths)) return undefined;
  return { kind: 'credit', token: digits, units: Energy.ofWattHours(BigInt(tenths) * 100n) };
}

function outcomeOfError(code: string): IssueOutcome {
  const is = (patterns: RegExp[]) => patterns.some((it) => it.test(code));
  if (is(NOT_DONE)) return { kind: 'not_done', reason: code };
  if (is(NOT_THIS_METER)) return REFUSED;
  if (is(OUT_OF_RANGE)) {
    const reason = 'No token can be made for this amount.';
    return { kind: 'refused', code: 'amount_out_of_range', reason };
  }
  return { kind: 'unknown', reason: /^E[A-Za-z.]{1,60}$/.test(code) ? code : 'an unknown error' };
}

/** The module's own number and the identifier of the credit, by which its people find the vend. */
function referenceOf(tokens: Struct[]): string | undefined {
  const credit = tokens.find((it) => wholeOf(it, 10) === CREDIT);
  const [module, tid] = [credit && read(credit, 40, 'string'), credit && wholeOf(credit, 12)];
  return module && tid !== undefined ? `${module.slice(0, 40)}:${tid}` : undefined;
}

function wholeOf(from: Struct, id: number): number | undefined {
  return read(from, id, 'i16') ?? read(from, id, 'i32');
}
