import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Energy } from '#kernel';
import { Roles } from '#service-host';
import { ReadRedemptions } from './read-redemptions.js';
import { RedemptionsInDoubt } from './vouchers.dto.js';

const MOST = 100;

@ApiTags('operations')
@Roles('operator')
@Controller('api/ops/redemptions')
export class RedemptionsController {
  constructor(private readonly readRedemptions: ReadRedemptions) {}

  /** Redemptions in doubt, oldest first. Asked about and settled as a payment in doubt is, under their own id. */
  @Get()
  @ApiOkResponse({ type: RedemptionsInDoubt })
  async inDoubt(): Promise<RedemptionsInDoubt> {
    const found = await this.readRedemptions.inDoubt(MOST);
    return {
      items: found.map(({ id, meterNumber, amount, wattHours, unknownSince }) => ({
        id,
        meterNumber,
        amount: amount.toJSON(),
        units: Energy.ofWattHours(wattHours).toJSON(),
        unknownSince: unknownSince.toISOString(),
      })),
    };
  }
}
