import { randomInt } from 'node:crypto';
import { FakeClock, newId } from '#kernel';
import { forgetAttempts } from '#service-host';
import type { Answer } from '#testing';
import { codeOf } from './voucher-code.rules.js';
import { METER, VoucherWorld } from './testing/voucher-world.js';

let world: VoucherWorld;

beforeAll(async () => {
  world = await VoucherWorld.start(new FakeClock(), { VOUCHER_TRIES: '5' });
});
afterAll(() => world.billing.stop());

const aGuess = () => codeOf(Array.from({ length: 16 }, () => randomInt(10)).join(''));
/** A quick issuer has answered before the redeemer is: `redeeming` or `redeemed`. */
const outcome = ({ status, body }: Answer) => (status === 202 ? 'taken' : body.code);

test('whoever guesses rests after five codes that nobody has, also when twenty are tried at once', async () => {
  const who = newId();
  const answers = await Promise.all(Array.from({ length: 20 }, () => world.redeem(aGuess(), METER, who)));
  const outcomes = answers.map(outcome);
  expect(outcomes.filter((it) => it === 'voucher_unknown')).toHaveLength(5);
  expect(outcomes.filter((it) => it === 'rate_limited')).toHaveLength(15);
  const limited = answers.find(({ status }) => status === 429);
  expect(Number(limited!.headers.get('retry-after'))).toBeGreaterThan(3_000);
  const code = await world.aCode();
  expect(outcome(await world.redeem(code, METER, who))).toBe('rate_limited'); // with a right one too
  expect(outcome(await world.redeem(code))).toBe('taken');
});

test('codes that are there do not count, nor do mistyped ones, which tell nothing', async () => {
  const who = newId();
  const batch = await world.given({ count: 8, amount: '100.00' });
  for (const { code } of batch.codes as { code: string }[]) {
    expect(outcome(await world.redeem(code, METER, who))).toBe('taken');
    expect(outcome(await world.redeem(`${code}0`, METER, who))).toBe('validation_failed');
  }
});

test('nobody can read there who guessed; and the counts are forgotten when their hour is over', async () => {
  const who = newId();
  await world.redeem(aGuess(), METER, who);
  const { database, running } = world.billing;
  const rows = await database.rows<{ key: string }>('SELECT key FROM billing.attempts');
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain(who);
  await forgetAttempts(running.parts.dataSource, new Date(Date.now() + 3_601_000));
  expect(await database.rows('SELECT key FROM billing.attempts')).toEqual([]);
});
