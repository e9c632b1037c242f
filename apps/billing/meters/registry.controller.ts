import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Problem, unwrap } from '#kernel';
import { Refuses, Roles, User, type UserCaller } from '#service-host';
import { Tariff } from '../tariffs/tariff.entity.js';
import { Meter } from './meter.entity.js';
import { RegisterMeter } from './register-meter.js';
import { RegisteredMeter, registeredMeter, RegisterMeterBody } from './registry.dto.js';

@ApiTags('operations')
@Roles('operator')
@Controller('api/ops/meters')
export class RegistryController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly registerMeter: RegisterMeter,
  ) {}

  @Get(':number')
  @ApiOkResponse({ type: RegisteredMeter })
  async one(@Param('number') number: string): Promise<RegisteredMeter> {
    const meter = await this.dataSource.getRepository(Meter).findOneBy({ number });
    if (!meter) throw new Problem('not_found');
    return this.view(meter);
  }

  /** Registers a meter, or changes what is known of it. */
  @Put(':number')
  @ApiOkResponse({ type: RegisteredMeter })
  @Refuses('meter_number_invalid')
  async register(
    @User() caller: UserCaller,
    @Param('number') number: string,
    @Body() body: RegisterMeterBody,
  ): Promise<RegisteredMeter> {
    return this.view(unwrap(await this.registerMeter.run(caller, number, body)));
  }

  private async view(meter: Meter): Promise<RegisteredMeter> {
    const { currency } = await this.dataSource.getRepository(Tariff).findOneByOrFail({ id: meter.tariffId });
    return registeredMeter(meter, currency);
  }
}
