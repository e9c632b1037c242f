import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { unwrap } from '#kernel';
import { PageQuery, Refuses, User, type UserCaller } from '#service-host';
import { ChangeSavedMeter } from './change-saved-meter.js';
import { FindMeters } from './find-meters.js';
import {
  ChangeSavedMeterBody,
  LookupQuery,
  MeterLookup,
  SavedMeterPage,
  SavedMeterView,
  SaveMeterBody,
} from './meters.dto.js';
import { SaveMeter } from './save-meter.js';

@ApiTags('meters')
@Controller('api/meters')
export class MetersController {
  constructor(
    private readonly saveMeter: SaveMeter,
    private readonly findMeters: FindMeters,
    private readonly changeSavedMeter: ChangeSavedMeter,
  ) {}

  /** Puts a meter on one's own list. */
  @Post()
  @ApiCreatedResponse({ type: SavedMeterView })
  @Refuses('meter_number_invalid', 'meter_unknown', 'conflict')
  async save(@User() caller: UserCaller, @Body() body: SaveMeterBody): Promise<SavedMeterView> {
    return unwrap(await this.saveMeter.run(caller, body));
  }

  /** One's own meters, newest first. */
  @Get()
  @ApiOkResponse({ type: SavedMeterPage })
  list(@User() { userId }: UserCaller, @Query() query: PageQuery): Promise<SavedMeterPage> {
    return this.findMeters.page(userId, query);
  }

  /** Whose meter it is, masked, and what can be paid for it: to be confirmed before paying. */
  @Get('lookup')
  @ApiOkResponse({ type: MeterLookup })
  @Refuses('meter_number_invalid', 'meter_unknown', 'meter_suspended', 'meter_blocked', 'conflict')
  async lookUp(@User() { userId }: UserCaller, @Query() { number }: LookupQuery): Promise<MeterLookup> {
    return unwrap(await this.findMeters.lookUp(userId, number));
  }

  @Get(':id')
  @ApiOkResponse({ type: SavedMeterView })
  async one(@User() { userId }: UserCaller, @Param('id') id: string): Promise<SavedMeterView> {
    return unwrap(await this.findMeters.one(userId, id));
  }

  /** Names it, or says where it belongs and whether it is in use. */
  @Patch(':id')
  @ApiOkResponse({ type: SavedMeterView })
  async change(
    @User() caller: UserCaller,
    @Param('id') id: string,
    @Body() body: ChangeSavedMeterBody,
  ): Promise<SavedMeterView> {
    return unwrap(await this.changeSavedMeter.run(caller, id, body));
  }

  /** Takes it off one's own list. */
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@User() caller: UserCaller, @Param('id') id: string): Promise<void> {
    unwrap(await this.changeSavedMeter.remove(caller, id));
  }
}
