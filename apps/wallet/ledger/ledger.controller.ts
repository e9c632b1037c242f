import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ServicesOnly } from '#service-host';
import { type LedgerCheck, VerifyLedger } from './verify-ledger.js';

/** For operators, by way of the gateway: whether the books are in order. */
@ApiExcludeController()
@ServicesOnly()
@Controller('internal/ledger')
export class LedgerController {
  constructor(private readonly verifyLedger: VerifyLedger) {}

  @Get('verify')
  verify(): Promise<LedgerCheck> {
    return this.verifyLedger.run();
  }
}
