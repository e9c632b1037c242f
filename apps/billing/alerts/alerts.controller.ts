import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { unwrap } from '#kernel';
import { User, type UserCaller } from '#service-host';
import { AlertsBody, AlertsView } from './alerts.dto.js';
import { ChangeAlerts } from './change-alerts.js';

@ApiTags('meters')
@Controller('api/meters')
export class AlertsController {
  constructor(private readonly changeAlerts: ChangeAlerts) {}

  /** What the caller is told of about this meter, and how it stands. */
  @Get(':id/alerts')
  @ApiOkResponse({ type: AlertsView })
  async show(@User() { userId }: UserCaller, @Param('id') id: string): Promise<AlertsView> {
    return unwrap(await this.changeAlerts.show(userId, id));
  }

  /** Says all anew; what is left out is switched off. Each alert tells once, and again after it has recovered. */
  @Put(':id/alerts')
  @ApiOkResponse({ type: AlertsView })
  async change(
    @User() caller: UserCaller,
    @Param('id') id: string,
    @Body() body: AlertsBody,
  ): Promise<AlertsView> {
    return unwrap(await this.changeAlerts.run(caller, id, body));
  }
}
