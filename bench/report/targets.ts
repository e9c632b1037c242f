import { composedFloor, type Floors } from '../floors/composed-floor.js';
import type { Latencies } from '../load/open-loop.js';
import type { RivalRound } from '../runs/rivals.js';
import type { Soak } from '../runs/soak.js';
import type { ThroughputRound } from '../runs/throughput.js';
import { LIGHT_LOAD } from '../runs/latency.js';
import type { Overload } from '../runs/overload.js';
import { type Spread, spreadOf } from './statistics.js';

export interface Figures {
  throughput: ThroughputRound[];
  rivals: RivalRound[];
  latencies: Latencies[];
  trouble?: number;
  overload?: Overload;
  soak?: Soak;
}

export interface Target {
  id: string;
  what: string;
  target: number;
  /** Otherwise less is better. */
  moreIsBetter: boolean;
  figure: Spread;
  met: boolean;
}

const mean = (a: number, b: number) => (a + b) / 2;
const floorOf = (round: ThroughputRound, of: (floors: Floors) => number) =>
  mean(of(round.floorsBefore), of(round.floorsAfter));

/** Each target whose scenario ran: medians of the ratios of one round each, with their spread. */
export function targetsOf(figures: Figures): Target[] {
  const steady = figures.throughput.filter((round) => round.steady);
  const light = figures.latencies.filter(({ perSecond }) => perSecond === LIGHT_LOAD);
  const half = figures.latencies.filter(
    ({ perSecond }) => perSecond !== LIGHT_LOAD && isHalf(perSecond, figures),
  );
  const { soak } = figures;
  const kept = soak ? soak.rates.at(-1)! / soak.rates[0]! : undefined;
  return [
    line(
      'R2',
      'S2 / composed floor',
      0.6,
      steady.map((it) => it.ours / floorOf(it, composedFloor)),
    ),
    line(
      'R3',
      'S2 / the same SQL, one payment at a time',
      1,
      steady.map((it) => it.ours / floorOf(it, (floors) => floors.databaseAlone)),
    ),
    line(
      'R4',
      'S2 / S2 with batch size 1',
      12,
      steady.flatMap((it) => (it.batchSizeOne ? it.ours / it.batchSizeOne : [])),
    ),
    line(
      'R5',
      'S3, one payer for all / S2',
      0.9,
      steady.flatMap((it) => (it.oneHotPayer ? it.oneHotPayer / it.ours : [])),
    ),
    line(
      'R7',
      'p99 from request to PAID at half load, ms',
      100,
      half.map(({ paid }) => paid.p99),
      false,
    ),
    line(
      'light',
      'p50 from request to PAID at 100 a second, ms',
      25,
      light.map(({ paid }) => paid.p50),
      false,
    ),
    line('R8', 'soak, last minute / first minute', 0.98, kept ? [kept] : []),
    line(
      'R8/m',
      'the same, each beside the machine then',
      0.98,
      soak && kept ? [(kept * composedFloor(soak.floorsBefore)) / composedFloor(soak.floorsAfter)] : [],
    ),
    line(
      'R11',
      'S1 / best rival',
      1.5,
      figures.rivals
        .filter((it) => it.steady)
        .map((it) => mean(...it.ours) / Math.max(...Object.values(it.peers))),
    ),
    line(
      'S2',
      'payments a second on this machine',
      1_700,
      steady.map((it) => it.ours),
    ),
  ].flat();
}

function isHalf(perSecond: number, { throughput }: Figures): boolean {
  const most = spreadOf(throughput.map(({ ours }) => ours)).median;
  return Math.abs(perSecond / most - 0.5) < 0.05;
}

function line(id: string, what: string, target: number, values: number[], moreIsBetter = true): Target[] {
  if (values.length === 0) return [];
  const figure = spreadOf(values);
  const met = moreIsBetter ? figure.median >= target : figure.median <= target;
  return [{ id, what, target, moreIsBetter, figure, met }];
}

export function tableOf(targets: Target[]): string[] {
  const number = (value: number) => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
  return targets.map(({ id, what, target, moreIsBetter, figure, met }) =>
    [
      `  ${id.padEnd(6)}`,
      what.padEnd(46),
      `${moreIsBetter ? '≥' : '≤'} ${number(target)}`.padStart(8),
      number(figure.median).padStart(8),
      `(${number(figure.least)} to ${number(figure.most)}, ${figure.rounds} rounds)`.padStart(30),
      met ? '' : 'falls short',
    ].join('  '),
  );
}
