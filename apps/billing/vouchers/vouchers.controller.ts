import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { unreachable, unwrap } from '#kernel';
import { type Page, PageQuery, Refuses, User, type UserCaller } from '#service-host';
import type { BreakdownLine } from '../bills/bill-view.js';
import { CreateBatch, type MadeBatch } from './create-batch.js';
import { FindBatches } from './find-batches.js';
import { MakeCodes } from './make-codes.js';
import { printSheet } from './print-sheet.js';
import { ReadRedemptions, type RedemptionDetails } from './read-redemptions.js';
import { RedeemVoucher } from './redeem-voucher.js';
import type { RedemptionState } from './voucher.machine.js';
import {
  BatchDetails,
  BatchPage,
  BatchView,
  BatchWithCodes,
  CreateBatchBody,
  MakeCodesBody,
  RedeemBody,
  RedemptionPage,
  RedemptionView,
  VoidVouchersBody,
} from './vouchers.dto.js';
import { VoidVouchers } from './void-vouchers.js';

@ApiTags('vouchers')
@Controller('api/vouchers')
export class VouchersController {
  constructor(
    private readonly createBatch: CreateBatch,
    private readonly findBatches: FindBatches,
    private readonly makeCodes: MakeCodes,
    private readonly voidVouchers: VoidVouchers,
    private readonly redeemVoucher: RedeemVoucher,
    private readonly readRedemptions: ReadRedemptions,
  ) {}

  /**
   * Makes a batch. Operators give it, and have its codes at once; above a limit a second operator makes them. An
   * institution has a bill to pay (`links.bill`), and makes them afterwards.
   */
  @Post()
  @ApiCreatedResponse({ type: BatchWithCodes })
  @Refuses('forbidden')
  async create(@User() caller: UserCaller, @Body() body: CreateBatchBody): Promise<BatchWithCodes> {
    return this.shown(unwrap(await this.createBatch.run(caller, body)));
  }

  /** One's own batches, newest first; an operator sees everybody's. */
  @Get()
  @ApiOkResponse({ type: BatchPage })
  list(@User() caller: UserCaller, @Query() query: PageQuery): Promise<Page<BatchView>> {
    return this.findBatches.page(caller, query);
  }

  /** Redeems a voucher against a meter. The answer comes before the credit is made: follow `links.self`. */
  @Post('redeem')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: RedemptionView })
  @Refuses(
    ...(['voucher_unknown', 'voucher_used', 'voucher_expired', 'voucher_void'] as const),
    ...(['voucher_other_utility', 'meter_number_invalid', 'meter_unknown', 'meter_suspended'] as const),
    ...(['meter_blocked', 'amount_too_low', 'amount_too_high', 'currency_mismatch'] as const),
    ...(['quote_outdated', 'conflict'] as const),
  )
  async redeem(
    @User() caller: UserCaller,
    @Body() { code, meterNumber }: RedeemBody,
  ): Promise<RedemptionView> {
    const { id } = unwrap(await this.redeemVoucher.run(caller, code, meterNumber));
    return redemptionView(unwrap(await this.readRedemptions.one(caller, id)));
  }

  /** What one has redeemed, newest first. */
  @Get('redemptions')
  @ApiOkResponse({ type: RedemptionPage })
  async redemptions(@User() caller: UserCaller, @Query() query: PageQuery): Promise<RedemptionPage> {
    const { items, nextCursor } = await this.readRedemptions.own(caller, query);
    return { items: items.map(redemptionView), nextCursor };
  }

  /** What became of it, with the tokens. */
  @Get('redemptions/:id')
  @ApiOkResponse({ type: RedemptionView })
  async redemption(@User() caller: UserCaller, @Param('id') id: string): Promise<RedemptionView> {
    return redemptionView(unwrap(await this.readRedemptions.one(caller, id)));
  }

  /** A batch, and the state of each of its vouchers. */
  @Get(':id')
  @ApiOkResponse({ type: BatchDetails })
  async one(@User() caller: UserCaller, @Param('id') id: string): Promise<BatchDetails> {
    return unwrap(await this.findBatches.one(caller, id));
  }

  /** Makes the codes and the sheet, and shows them this once. For a grant above the limit it is the second operator's word. */
  @Post(':id/codes')
  @HttpCode(200)
  @ApiOkResponse({ type: BatchWithCodes })
  @Refuses('forbidden', 'conflict', 'second_person_required')
  async codes(
    @User() caller: UserCaller,
    @Param('id') id: string,
    @Body() { replace = false }: MakeCodesBody,
  ): Promise<BatchWithCodes> {
    return this.shown(unwrap(await this.makeCodes.run(caller, id, replace)));
  }

  /** Takes unused vouchers out of use; their value goes back to whoever gave it. */
  @Post(':id/void')
  @HttpCode(200)
  @ApiOkResponse({ type: BatchDetails })
  @Refuses('conflict')
  async void(
    @User() caller: UserCaller,
    @Param('id') id: string,
    @Body() body: VoidVouchersBody,
  ): Promise<BatchDetails> {
    unwrap(await this.voidVouchers.run(caller, id, body));
    return unwrap(await this.findBatches.one(caller, id));
  }

  private async shown({ batch, codes }: MadeBatch): Promise<BatchWithCodes> {
    const view = await this.findBatches.view(batch);
    if (codes.length === 0) return view;
    return { ...view, codes, sheet: (await printSheet(batch, codes)).toString('base64') };
  }
}

function redemptionView({ redemption, vend }: RedemptionDetails): RedemptionView {
  const { id, meterNumber, amount, units, tokens, inDoubt, breakdown, failureReason } = vend;
  return {
    id,
    state: shownState(redemption.state),
    inDoubt,
    meterNumber,
    amount,
    units,
    breakdown: breakdown as BreakdownLine[],
    tokens,
    ...(failureReason !== undefined && { reason: failureReason }),
    at: redemption.at.toISOString(),
    links: { self: `/api/vouchers/redemptions/${id}` },
  };
}

function shownState(state: RedemptionState): RedemptionView['state'] {
  switch (state) {
    case 'open':
      return 'redeeming';
    case 'done':
      return 'redeemed';
    case 'refused':
      return 'refused';
    default:
      return unreachable(state);
  }
}
