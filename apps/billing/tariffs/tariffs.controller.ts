import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Problem, unwrap } from '#kernel';
import { Refuses, Roles, User, type UserCaller } from '#service-host';
import { DefineTariff } from './define-tariff.js';
import { Tariff } from './tariff.entity.js';
import { TariffVersion } from './tariff-version.entity.js';
import { DefineTariffBody, PriceTariffBody, TariffView } from './tariffs.dto.js';

@ApiTags('operations')
@Roles('operator')
@Controller('api/ops/tariffs')
export class TariffsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly defineTariff: DefineTariff,
  ) {}

  @Get(':id')
  @ApiOkResponse({ type: TariffView })
  async one(@Param('id') id: string): Promise<TariffView> {
    const tariff = await this.dataSource.getRepository(Tariff).findOneBy({ id });
    if (!tariff) throw new Problem('not_found');
    const versions = await this.dataSource.getRepository(TariffVersion).find({
      select: { id: true, validFrom: true, terms: true },
      where: { tariffId: id },
      order: { validFrom: 'DESC' },
    });
    return { ...tariff, versions: versions.map(({ id, validFrom, terms }) => ({ id, validFrom, terms })) };
  }

  /** Defines a tariff, or names it anew. Its prices are its versions. */
  @Put(':id')
  @ApiOkResponse({ type: TariffView })
  @Refuses('conflict')
  async define(
    @User() caller: UserCaller,
    @Param('id') id: string,
    @Body() body: DefineTariffBody,
  ): Promise<TariffView> {
    unwrap(await this.defineTariff.define(caller, id, body));
    return this.one(id);
  }

  /** The prices from a day on, `2026-12-01`. Those in force are not changed. */
  @Put(':id/versions/:validFrom')
  @ApiOkResponse({ type: TariffView })
  @Refuses('conflict')
  async price(
    @User() caller: UserCaller,
    @Param('id') id: string,
    @Param('validFrom') validFrom: string,
    @Body() body: PriceTariffBody,
  ): Promise<TariffView> {
    unwrap(await this.defineTariff.price(caller, id, validFrom, body));
    return this.one(id);
  }
}
