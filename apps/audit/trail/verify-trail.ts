import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import { Anchor } from './anchor.entity.js';
import { ChainHead } from './chain-head.entity.js';
import { chained, FIRST_HASH } from './chain.rules.js';
import { TrailRow } from './trail.entity.js';

export type Verification =
  | { intact: true; rows: number }
  /** `seq` and `eventId` name the first row that is not as it was written (or that is missing). */
  | { intact: false; rows: number; broken: { seq: string; eventId: string | null; why: string } };

const PAGE = 2_000;

/** Walks the whole chain, from the newest anchor on, and computes every hash anew. */
@Injectable()
export class VerifyTrail {
  constructor(private readonly dataSource: DataSource) {}

  async run(): Promise<Verification> {
    const head = await this.dataSource.getRepository(ChainHead).findOneByOrFail({ id: 'main' });
    const [anchor] = await this.dataSource.getRepository(Anchor).find({ order: { seq: 'DESC' }, take: 1 });
    let { hash, seq } = anchor ?? { hash: FIRST_HASH, seq: 0n };
    for (;;) {
      const rows = await this.after(seq);
      for (const row of rows) {
        if (row.seq > head.seq) return { intact: true, rows: Number(seq) }; // appended while we walked
        const why = whatIsWrong(row, seq + 1n, hash);
        if (why)
          return {
            intact: false,
            rows: Number(seq),
            broken: { seq: String(seq + 1n), eventId: row.eventId, why },
          };
        ({ seq, hash } = row);
      }
      if (rows.length < PAGE) break;
    }
    if (seq < head.seq) {
      const why = `the chain should reach row ${head.seq}`;
      return { intact: false, rows: Number(seq), broken: { seq: String(seq + 1n), eventId: null, why } };
    }
    return { intact: true, rows: Number(seq) };
  }

  private after(seq: bigint): Promise<TrailRow[]> {
    return this.dataSource
      .getRepository(TrailRow)
      .find({ where: { seq: MoreThan(seq) }, order: { seq: 'ASC' }, take: PAGE });
  }
}

function whatIsWrong(row: TrailRow, expectedSeq: bigint, previousHash: string): string | undefined {
  if (row.seq !== expectedSeq) return `row ${expectedSeq} is missing`;
  if (row.hash !== chained(previousHash, row.envelope))
    return 'the hash does not fit the row before it and its envelope';
  if ((JSON.parse(row.envelope) as { id: string }).id !== row.eventId)
    return 'the envelope is of another event';
  return undefined;
}
