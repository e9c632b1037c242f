import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { ClaimSettlement } from '#contracts';
import { isId, Problem } from '#kernel';
import { CallingService, type ServiceCaller, ServicesOnly } from '#service-host';
import { SettleClaim } from './settle-claim.js';

@ApiExcludeController()
@ServicesOnly()
@Controller('internal/payments')
export class ClaimsController {
  constructor(private readonly settleClaim: SettleClaim) {}

  @Post(':id/settle-claim')
  @HttpCode(200)
  settle(@CallingService() caller: ServiceCaller, @Param('id') id: string): Promise<ClaimSettlement> {
    if (!isId(id)) throw new Problem('not_found');
    return this.settleClaim.run(caller, id);
  }
}
