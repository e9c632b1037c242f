import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Page, PageQuery, User, type UserCaller } from '#service-host';
import { ReadWallets } from './read-wallets.js';
import { EntriesPage, type EntryView, WalletView, walletView } from './wallet-view.js';

@ApiTags('wallets')
@Controller('api')
export class WalletsController {
  constructor(private readonly wallets: ReadWallets) {}

  /** The caller's wallet. */
  @Get('wallet')
  @ApiOkResponse({ type: WalletView })
  async own(@User() caller: UserCaller): Promise<WalletView> {
    return walletView(await this.wallets.one(caller, caller.userId));
  }

  /** A wallet, for its owner or an operator. */
  @Get('wallets/:walletId')
  @ApiOkResponse({ type: WalletView })
  async one(@User() caller: UserCaller, @Param('walletId') walletId: string): Promise<WalletView> {
    return walletView(await this.wallets.one(caller, walletId));
  }

  /** What changed the balance, newest first. */
  @Get('wallets/:walletId/entries')
  @ApiOkResponse({ type: EntriesPage })
  entries(
    @User() caller: UserCaller,
    @Param('walletId') walletId: string,
    @Query() query: PageQuery,
  ): Promise<Page<EntryView>> {
    return this.wallets.entries(caller, walletId, query);
  }
}
