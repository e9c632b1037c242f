import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { VoucherCodesMade } from '#contracts';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import type { MadeBatch } from './create-batch.js';
import { grantBatch } from './fund-batch.js';
import { Voucher, VoucherBatch } from './voucher.entity.js';
import { maySee } from './voucher.rules.js';
import { VoucherCodes } from './voucher-codes.js';

/**
 * Makes the codes of a batch and shows them, once. Whoever lost the answer has new ones made in the place of the old
 * ones, of what is unused still. For a grant above the limit, to make its codes is to agree to it.
 */
@Injectable()
export class MakeCodes {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly dataSource: DataSource,
    private readonly voucherCodes: VoucherCodes,
  ) {}

  /**
   * Refusals: not_found (also another’s batch), forbidden (an operator, of what somebody has paid for), conflict (its
   * bill is not paid, it has codes already, nothing is left of it), second_person_required.
   */
  async run(caller: UserCaller, id: string, replace: boolean): Promise<Result<MadeBatch>> {
    if (!isId(id)) return refuse(new Problem('not_found'));
    const known = await this.dataSource.getRepository(Voucher).find({
      select: { id: true },
      where: { batchId: id, state: 'unused' },
      order: { serial: 'ASC' },
    });
    return this.work.run(caller, async (tx) => {
      const batch = await tx.load(VoucherBatch, id);
      if (!batch || !maySee(batch, caller)) return refuse(new Problem('not_found'));
      const vouchers = await Promise.all(known.map((it) => tx.get(Voucher, it.id)));
      const unused = vouchers.filter(({ state }) => state === 'unused');
      const problem = whyNoCodes(batch, unused.length, caller, replace);
      if (problem) return refuse(problem);
      if (batch.state === 'waiting') {
        tx.set(batch, { approvedBy: caller.userId });
        grantBatch(batch, unused.length, tx);
      }
      const facts = { batchId: id, by: caller.userId, count: unused.length };
      tx.publish(VoucherCodesMade, id, { ...facts, replaced: batch.codesMadeAt !== null });
      tx.set(batch, { codesMadeAt: tx.now });
      const codes = unused.map((voucher) => {
        const code = this.voucherCodes.fresh();
        tx.set(voucher, { codeHash: this.voucherCodes.hashOf(code) });
        return { serial: voucher.serial, code };
      });
      return ok({ batch, codes });
    });
  }
}

function whyNoCodes(
  batch: VoucherBatch,
  unused: number,
  { userId, role }: UserCaller,
  replace: boolean,
): Problem | undefined {
  const isGrant = batch.funding === 'grant';
  if (!isGrant && batch.ownerId !== userId)
    return new Problem('forbidden', 'the codes are for whoever pays for them');
  if (isGrant && role !== 'operator') return new Problem('forbidden');
  if (batch.state === 'cancelled') return new Problem('conflict', 'its bill was cancelled');
  if (unused === 0) return new Problem('conflict', 'none of its vouchers is unused');
  if (batch.state === 'waiting') {
    if (!isGrant) return new Problem('conflict', 'its bill is not paid yet');
    return batch.ownerId === userId ? new Problem('second_person_required') : undefined;
  }
  if (batch.codesMadeAt !== null && !replace)
    return new Problem('conflict', 'it has codes already; with `replace` they are good for nothing');
  return undefined;
}
