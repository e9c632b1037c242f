import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { unwrap } from '#kernel';
import { Refuses, User, type UserCaller } from '#service-host';
import {
  BalanceView,
  ConsumptionQuery,
  ConsumptionView,
  ReadingsBody,
  StoredReadings,
} from './consumption.dto.js';
import { ShowConsumption } from './show-consumption.js';
import { TakeReadings } from './take-readings.js';

@ApiTags('meters')
@Controller('api/meters')
export class ConsumptionController {
  constructor(
    private readonly takeReadings: TakeReadings,
    private readonly showConsumption: ShowConsumption,
  ) {}

  /** Takes one reading, or a batch: all of it or nothing. Sent again, it changes nothing. */
  @Post(':id/readings')
  @HttpCode(200)
  @ApiOkResponse({ type: StoredReadings })
  @Refuses('conflict', 'reading_in_future', 'reading_backwards')
  async take(
    @User() caller: UserCaller,
    @Param('id') id: string,
    @Body() body: ReadingsBody,
  ): Promise<StoredReadings> {
    return unwrap(await this.takeReadings.run(caller, id, body));
  }

  /** What is left, as of when and by whose word, and how many days it lasts. What is not known is null. */
  @Get(':id/balance')
  @ApiOkResponse({ type: BalanceView })
  async balance(@User() { userId }: UserCaller, @Param('id') id: string): Promise<BalanceView> {
    return unwrap(await this.showConsumption.balance(userId, id));
  }

  /**
   * What was used, day by day or month by month in the utility's time zone, beside what was bought. Between two readings
   * the use is even, so a day's share of it is by the clock; days add up to their month exactly.
   */
  @Get(':id/consumption')
  @ApiOkResponse({ type: ConsumptionView })
  async consumption(
    @User() { userId }: UserCaller,
    @Param('id') id: string,
    @Query() query: ConsumptionQuery,
  ): Promise<ConsumptionView> {
    return unwrap(await this.showConsumption.report(userId, id, query));
  }
}
