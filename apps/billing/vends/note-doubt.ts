import { Injectable } from '@nestjs/common';
import { VendInDoubt } from '#contracts';
import { newId } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { factsOf, Vend } from './vend.entity.js';

/** Shows that nobody knows what became of a vend: once, however often it is asked for in vain. */
@Injectable()
export class NoteDoubt {
  constructor(private readonly work: UnitOfWork<Tx>) {}

  async run(vendId: string, reason: string): Promise<void> {
    await this.work.run({ correlationId: newId() }, async (tx) => {
      const vend = await tx.get(Vend, vendId);
      if (vend.state !== 'requested' || vend.inDoubtSince) return;
      tx.set(vend, { inDoubtSince: tx.now });
      tx.publish(VendInDoubt, vend.id, { ...factsOf(vend), reason });
    });
  }
}
