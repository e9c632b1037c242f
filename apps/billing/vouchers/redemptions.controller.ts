import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Roles } from '#service-host';
import { ReadRedemptions } from './read-redemptions.js';
import { RedemptionsInDoubt } from './vouchers.dto.js';

const MOST = 100;

@ApiTags('operations')
@Roles('operator')
@Controller('api/ops/redemptions')
export class RedemptionsController {
  constructor(private readonly readRedemptions: ReadRedemptions) {}

  /** Redemptions in doubt, with who sees to them and by when; oldest first. Asked about and settled as a payment in doubt is, under their own id. */
  @Get()
  @ApiOkResponse({ type: RedemptionsInDoubt })
  async inDoubt(): Promise<RedemptionsInDoubt> {
    return { items: await this.readRedemptions.inDoubt(MOST) };
  }
}
