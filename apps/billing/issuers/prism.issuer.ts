import { newId } from '#kernel';
import { i16, i32, i64, double, nested, struct, type Struct, text } from '#thrift';
import type { IssueOutcome, IssueRequest, StsDevice, TokenIssuer } from '../vends/token-issuer.port.js';
import { accessTokenOf, outcomeOf, transferAmountOf } from './prism-answers.rules.js';
import { type PrismAddress, PrismConnection } from './prism-connection.js';
import { nameOf, REFUSED } from './tokens-of-answers.rules.js';

export interface PrismAccount {
  address: PrismAddress;
  realm: string;
  username: string;
  password: string;
  timeoutMillis: number;
}

interface Session {
  connection: PrismConnection;
  accessToken: string;
}

const API_VERSION = '1.1';
const ELECTRICITY = 0;
/** Meters with a keypad. */
const NUMERIC_TOKENS = 2;

/**
 * A Prism security module. Built from public descriptions of its Thrift interface, not tested with hardware. It keeps
 * the results of calls by their id, so a doubt is asked for; an id that it does not know is no proof that nothing was
 * made, since nobody has seen how long it remembers.
 */
export class PrismIssuer implements TokenIssuer {
  constructor(private readonly account: PrismAccount) {}

  async issue(request: IssueRequest, signal: AbortSignal): Promise<IssueOutcome> {
    const { device } = request;
    if (device.kind !== 'sts') return REFUSED;
    return this.inSession(
      signal,
      ({ connection, accessToken }) =>
        connection.call(
          'issueCreditToken',
          struct({
            1: text(request.requestId),
            2: text(accessToken),
            3: nested(meterConfigOf(request.meterNumber, device)),
            4: i16(ELECTRICITY),
            5: double(transferAmountOf(request)),
            6: i64(BigInt(Math.floor(request.requestedAt.getTime() / 1000))),
            // The module's own clock, and its own identifiers.
            7: i64(0n),
          }),
        ),
      request,
      'not_done',
    );
  }

  fetchResult(request: IssueRequest, signal: AbortSignal): Promise<IssueOutcome> {
    return this.inSession(
      signal,
      async ({ connection, accessToken }) =>
        connection.call(
          'fetchTokenResult',
          struct({ 1: text(newId()), 2: text(accessToken), 3: text(request.requestId) }),
        ),
      request,
      'unknown',
    );
  }

  /** `otherwise` is what it means when the module could not be asked at all. */
  private async inSession(
    signal: AbortSignal,
    ask: (session: Session) => ReturnType<PrismConnection['call']>,
    request: IssueRequest,
    otherwise: 'not_done' | 'unknown',
  ): Promise<IssueOutcome> {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(this.account.timeoutMillis)]);
    const session = await this.signIn(patience).catch((error: unknown) => nameOf(error));
    if (typeof session === 'string') return { kind: otherwise, reason: `sign-in: ${session}` };
    try {
      const outcome = outcomeOf(await ask(session), request);
      // Asked about an earlier call, a refusal is one of the question.
      const isOfTheQuestion = otherwise === 'unknown' && outcome.kind !== 'issued';
      return isOfTheQuestion
        ? { kind: 'unknown', reason: 'reason' in outcome ? outcome.reason : '' }
        : outcome;
    } catch (error) {
      return { kind: 'unknown', reason: patience.aborted ? 'no answer in time' : nameOf(error) };
    } finally {
      session.connection.close();
    }
  }

  private async signIn(signal: AbortSignal): Promise<Session> {
    const { address, realm, username, password } = this.account;
    const connection = await PrismConnection.open(address, signal);
    try {
      const order = struct({
        1: text(newId()),
        2: text(realm),
        3: text(username),
        4: text(password),
        5: nested(struct({ 1: text(API_VERSION) })),
      });
      const accessToken = accessTokenOf(await connection.call('signInWithPassword', order));
      if (accessToken === undefined) throw Object.assign(new Error('refused'), { code: 'refused' });
      return { connection, accessToken };
    } catch (error) {
      connection.close();
      throw error;
    }
  }
}

function meterConfigOf(meterNumber: string, { key, changeTo }: StsDevice): Struct {
  return struct({
    1: text(meterNumber),
    2: i16(Number(key.ea)),
    3: i16(NUMERIC_TOKENS),
    10: i32(Number(key.sgc)),
    11: i16(key.krn),
    12: i16(Number(key.ti)),
    20: changeTo && nested(newConfigOf(changeTo)),
    30: i16(key.ken),
  });
}

function newConfigOf({ sgc, krn, ti }: StsDevice['key']): Struct {
  return struct({ 1: i32(Number(sgc)), 2: i16(krn), 3: i16(Number(ti)) });
}
