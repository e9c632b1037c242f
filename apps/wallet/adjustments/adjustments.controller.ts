import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsString, IsUUID, Length, Matches } from 'class-validator';
import { DataSource } from 'typeorm';
import type { AdjustWallet as AdjustOrder, AvailableFunds } from '#contracts';
import { isId, Money, Problem, unwrap } from '#kernel';
import { type BaseSettings, CallingService, type ServiceCaller, ServicesOnly, SETTINGS } from '#service-host';
import { Account, availableOf } from '../ledger/account.entity.js';
import { AdjustWallet } from './adjust-wallet.js';

class AdjustBody implements AdjustOrder {
  @IsUUID() decisionId!: string;
  @Matches(/^-?[1-9]\d{0,17}$/) minor!: string;
  @IsString() @Length(3, 3) currency!: string;
  @IsString() @Length(1, 300) reason!: string;
}

/** For the gateway, where operators decide. */
@ApiExcludeController()
@ServicesOnly()
@Controller('internal/wallets')
export class AdjustmentsController {
  constructor(
    private readonly adjustWallet: AdjustWallet,
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: BaseSettings,
  ) {}

  @Get(':id/available')
  async available(@Param('id') id: string): Promise<AvailableFunds> {
    if (!isId(id)) throw new Problem('not_found');
    const wallet = await this.dataSource.getRepository(Account).findOneBy({ id, kind: 'wallet' });
    return { available: (wallet ? availableOf(wallet) : Money.zero(this.settings.CURRENCY)).toJSON() };
  }

  @Post(':id/adjust')
  @HttpCode(204)
  async adjust(
    @Param('id') id: string,
    @Body() body: AdjustBody,
    @CallingService() caller: ServiceCaller,
  ): Promise<void> {
    unwrap(await this.adjustWallet.run(id, body, caller));
  }
}
