import { METER, MetersWorld, OTHER_METER } from '../testing/meters-world.js';
import { hourWh, loadProfileOf, partWh } from './load-profile.rules.js';

const HOUR = 3_600_000;

let world: MetersWorld;
beforeEach(async () => {
  world = await MetersWorld.start();
});
afterEach(() => world.simulators.close());

const wh = (kwh: string | null | undefined) => Math.round(Number(kwh) * 1000);
const readings = async (query = '') => (await world.get(`/${METER}/readings${query}`)).body;

describe('a household', () => {
  it('takes 2 to 11 kWh a day, most of it in the evening, the same whenever it is asked', () => {
    for (const number of [METER, OTHER_METER, '04987654326', '04111222339']) {
      const profile = loadProfileOf(number);
      for (let day = 0; day < 60; day++) {
        const hours = Array.from({ length: 24 }, (_, hour) => hourWh(profile, day * 24 + hour));
        const sum = hours.reduce((total, one) => total + one);
        expect(sum).toBeGreaterThan(2_400);
        expect(sum).toBeLessThan(10_800);
        expect(hours[19]!).toBeGreaterThan(hours[2]!);
        expect(hourWh(loadProfileOf(number), day * 24 + 19)).toBe(hours[19]!);
      }
    }
    expect(loadProfileOf(METER)).not.toEqual(loadProfileOf(OTHER_METER));
  });

  it('takes an hour’s energy exactly, wherever the hour is cut', () => {
    for (const wattHours of [0, 1, 7, 333, 999, 4_321]) {
      const cuts = [0, 1, 17, 59_999, 1_800_000, 1_800_001, 3_599_999, HOUR];
      const parts = cuts.slice(1).map((to, i) => partWh(wattHours, cuts[i]!, to));
      expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
      expect(parts.reduce((sum, part) => sum + part)).toBe(wattHours);
    }
  });
});

describe('a meter with credit', () => {
  it('loses exactly what its readings say was used, hour by hour', async () => {
    await world.key(world.credit(500n));
    await world.post(`/${METER}/clock`, { advanceHours: 48 });
    const { items, more, meterNumber } = await readings();
    expect([items.length, more, meterNumber]).toEqual([48, false, METER]);
    const used = items.reduce((sum, { usedKwh }) => sum + wh(usedKwh), 0);
    const last = items.at(-1)!;
    expect(wh(last.totalKwh)).toBe(used);
    expect(wh(last.creditKwh)).toBe(50_000 - used);
    expect(items[0]!.at).toBe('2026-03-02T13:00:00.000Z');
    expect(last.at).toBe('2026-03-04T12:00:00.000Z');
    expect(await world.state()).toMatchObject({ creditKwh: last.creditKwh, totalKwh: last.totalKwh });
  });

  it('uses the same whether somebody looks every minute or never', async () => {
    await world.key(world.credit(500n));
    for (let minute = 0; minute < 180; minute++) {
      world.clock.advance(60_000);
      await world.state();
    }
    const watched = await world.state();
    const profile = loadProfileOf(METER);
    const start = Date.parse('2026-03-02T12:00:00Z') / HOUR;
    const expected = [0, 1, 2].reduce((sum, hour) => sum + hourWh(profile, start + hour), 0);
    expect(wh(watched.totalKwh)).toBe(expected);
  });

  it('opens its relay at zero, uses nothing then, and a new token closes it', async () => {
    await world.key(world.credit(10n));
    await world.post(`/${METER}/clock`, { advanceHours: 100 });
    const empty = await world.state();
    expect(empty).toMatchObject({ relay: 'open', creditKwh: '0', totalKwh: '1', loadW: 0 });
    expect(empty.display.credit).toBe('0 kWh');
    expect((await readings()).items.at(-1)).toMatchObject({ usedKwh: '0', creditKwh: '0', relay: 'open' });

    expect(await world.key(world.credit(25n))).toMatchObject({ answer: 'accepted', creditKwh: '2.5' });
    expect(await world.state()).toMatchObject({ relay: 'closed', creditKwh: '2.5' });
    const { items } = (await world.get('/log')).body;
    const relay = items.filter(({ event }) => event === 'relay');
    expect(relay.map((it) => it.relay)).toEqual(['closed', 'open', 'closed']);
  });

  it('tells its readings from any time on, page by page', async () => {
    await world.post(`/${METER}/clock`, { advanceHours: 10 });
    const first = await readings('?limit=4');
    expect([first.items.length, first.more]).toEqual([4, true]);
    const second = await readings(`?limit=100&from=${first.items.at(-1)!.at}`);
    expect([second.items.length, second.more]).toEqual([6, false]);
    expect(second.items[0]!.at).toBe('2026-03-02T17:00:00.000Z');
  });

  it('remembers two months', async () => {
    await world.post(`/${METER}/clock`, { advanceHours: 8_000 });
    expect((await readings('?limit=2000')).items).toHaveLength(62 * 24);
  });
});

describe('the clock of a meter', () => {
  it('runs at the speed it is given, and stands still at none', async () => {
    await world.post(`/${METER}/clock`, { speed: 3_600 });
    world.clock.advance(24_000);
    const later = await world.state();
    expect(later.clock).toEqual({ at: '2026-03-03T12:00:00.000Z', speed: 3_600 });
    await world.post(`/${METER}/clock`, { speed: 0 });
    world.clock.advance(HOUR);
    expect((await world.state()).clock).toEqual({ at: '2026-03-03T12:00:00.000Z', speed: 0 });
    expect((await world.state(OTHER_METER)).clock.speed).toBe(1);
  });

  it('never goes back, whatever ours does', async () => {
    await world.state();
    world.clock.advance(-HOUR);
    expect((await world.state()).clock.at).toBe('2026-03-02T12:00:00.000Z');
    world.clock.advance(1_000);
    expect((await world.state()).clock.at).toBe('2026-03-02T12:00:01.000Z');
  });
});
