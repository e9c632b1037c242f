import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type PersonClosed } from '#contracts';
import { ok, Problem, refuse, type Result } from '#kernel';

const CLOSE = `
  INSERT INTO closed_people VALUES ($1, $2, true)
  ON CONFLICT (user_id) DO UPDATE SET closing_id = $2, is_closed = true
  WHERE closed_people.closing_id < $2 OR (closed_people.closing_id = $2 AND closed_people.is_closed)
  RETURNING user_id`;
const REOPEN = `
  INSERT INTO closed_people VALUES ($1, $2, false)
  ON CONFLICT (user_id) DO UPDATE SET closing_id = $2, is_closed = false
  WHERE closed_people.closing_id <= $2`;
const UNDER_WAY = `
  SELECT count(*)::int AS count FROM payments
  WHERE (payer_id = $1 OR payee_id = $1) AND status IN ('PENDING', 'PROCESSING')`;

/** Takes no payments of a person any more, or takes them again. */
@Injectable()
export class ClosePerson {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * How many payments are under way when no new one can start. Whoever stores a payment has looked at
   * `closed_people` before, in the same transaction; the lock waits for all who have looked, so each of their
   * payments is counted, and whoever looks later sees the row. The transaction is this one's own: in a shared one
   * the lock would not keep out its companions. Refusal: conflict, when this closing was given up meanwhile.
   */
  close(userId: string, closingId: string): Promise<Result<PersonClosed>> {
    return this.dataSource.transaction(async (work) => {
      await work.query(`SET LOCAL lock_timeout = '3s'`);
      await work.query('LOCK TABLE closed_people IN EXCLUSIVE MODE');
      const rows = await work.query<unknown[]>(CLOSE, [userId, closingId]);
      if (rows.length === 0) return refuse(new Problem('conflict', 'this was given up'));
      const [underWay] = await work.query<{ count: number }[]>(UNDER_WAY, [userId]);
      return ok({ underWay: underWay!.count });
    });
  }

  /** Also when the closing comes only later. */
  async reopen(userId: string, closingId: string): Promise<void> {
    await this.dataSource.query(REOPEN, [userId, closingId]);
  }
}
