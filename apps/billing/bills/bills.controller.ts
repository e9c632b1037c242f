import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { unwrap } from '#kernel';
import { type Page, Refuses, User, type UserCaller } from '#service-host';
import { BillsQuery, ChangeBillBody, CreateBillBody } from './bill-requests.js';
import { BillPage, BillView } from './bill-view.js';
import { CancelBill } from './cancel-bill.js';
import { ChangeBill } from './change-bill.js';
import { CreateBill } from './create-bill.js';
import { FindBills } from './find-bills.js';

@ApiTags('bills')
@Controller('api/bills')
export class BillsController {
  constructor(
    private readonly createBill: CreateBill,
    private readonly findBills: FindBills,
    private readonly changeBill: ChangeBill,
    private readonly cancelBill: CancelBill,
  ) {}

  /** Bills the caller; an operator may bill somebody else. */
  @Post()
  @ApiCreatedResponse({ type: BillView })
  @Refuses('forbidden')
  async create(@User() caller: UserCaller, @Body() body: CreateBillBody): Promise<BillView> {
    return unwrap(await this.createBill.run(caller, body));
  }

  /** One's own bills, newest first; an operator sees everybody's. */
  @Get()
  @ApiOkResponse({ type: BillPage })
  async list(@User() caller: UserCaller, @Query() query: BillsQuery): Promise<Page<BillView>> {
    return unwrap(await this.findBills.page(caller, query));
  }

  @Get(':id')
  @ApiOkResponse({ type: BillView })
  async one(@User() caller: UserCaller, @Param('id') id: string): Promise<BillView> {
    return unwrap(await this.findBills.one(caller, id));
  }

  /** Changes a bill while it is unpaid and no payment for it is under way. */
  @Patch(':id')
  @ApiOkResponse({ type: BillView })
  @Refuses('forbidden', 'bill_not_payable', 'payment_in_progress', 'conflict')
  async change(
    @User() caller: UserCaller,
    @Param('id') id: string,
    @Body() body: ChangeBillBody,
  ): Promise<BillView> {
    return unwrap(await this.changeBill.run(caller, id, body));
  }

  /** Takes an unpaid bill back. */
  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOkResponse({ type: BillView })
  @Refuses('forbidden', 'bill_not_payable', 'payment_in_progress')
  async cancel(@User() caller: UserCaller, @Param('id') id: string): Promise<BillView> {
    return unwrap(await this.cancelBill.run(caller, id));
  }
}
