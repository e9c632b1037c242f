import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Id } from '#kernel';
import { Bill } from '../bills/bill.entity.js';
import { isNearMatch } from './meter-number.rules.js';
import { SavedMeter } from './saved-meter.entity.js';

export interface Warning {
  code: 'near_match' | 'first_use' | 'meter_not_active' | 'purchase_open';
  text: string;
}

/** What a payer should think about before paying for a meter. Never a refusal: they may know better. */
@Injectable()
export class WarnPayer {
  constructor(private readonly dataSource: DataSource) {}

  async run(ownerId: Id, number: string): Promise<Warning[]> {
    const saved = await this.dataSource.getRepository(SavedMeter).findBy({ ownerId });
    const own = saved.find((it) => it.number === number);
    const near = own ? undefined : saved.find((it) => isNearMatch(it.number, number));
    const warnings: Warning[] = [];
    if (near) {
      const named = near.name ? `${near.number} (${near.name})` : near.number;
      warnings.push({
        code: 'near_match',
        text: `This number is nearly that of your meter ${named}: is it the right one?`,
      });
    }
    if (own && own.status !== 'active') {
      warnings.push({ code: 'meter_not_active', text: `You have marked this meter as ${own.status}.` });
    }
    if (await this.isFirst(ownerId, number)) {
      warnings.push({
        code: 'first_use',
        text: 'You have not bought for this meter before: check the name and the area.',
      });
    }
    return warnings;
  }

  private async isFirst(customerId: Id, meterNumber: string): Promise<boolean> {
    const paid = { customerId, meterNumber, kind: 'electricity', status: 'paid' } as const;
    return !(await this.dataSource.getRepository(Bill).existsBy(paid));
  }
}
