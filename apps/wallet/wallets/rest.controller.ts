import { Controller, Get, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { WalletRest } from '#contracts';
import { isId, Problem } from '#kernel';
import { ServicesOnly } from '#service-host';

/** In one statement, so that a hold which ends meanwhile is either open or its money is in the balance. */
const REST = `
  SELECT (SELECT count(*)::int FROM holds WHERE state = 'held' AND (wallet_id = $1::uuid OR payee_id = $1::uuid)) AS "openHolds",
         NOT EXISTS (SELECT FROM accounts WHERE id = $1::text AND (balance <> 0 OR held <> 0)) AS "isEmpty"`;

/** For the gateway, which deletes accounts. */
@ApiExcludeController()
@ServicesOnly()
@Controller('internal/wallets')
export class RestController {
  constructor(private readonly dataSource: DataSource) {}

  @Get(':walletId/rest')
  async rest(@Param('walletId') walletId: string): Promise<WalletRest> {
    if (!isId(walletId)) throw new Problem('not_found');
    const [rest] = await this.dataSource.query<WalletRest[]>(REST, [walletId]);
    return rest!;
  }
}
