import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import type { ClosePerson as ClosePersonRequest, PersonClosed } from '#contracts';
import { isId, Problem, unwrap } from '#kernel';
import { CallingService, type ServiceCaller, ServicesOnly } from '#service-host';
import { ClosePerson } from './close-person.js';

class ClosingBody implements ClosePersonRequest {
  @IsUUID() closingId!: string;
}

/** For the gateway, which deletes accounts. */
@ApiExcludeController()
@ServicesOnly()
@Controller('internal/people')
export class PeopleController {
  constructor(private readonly closePerson: ClosePerson) {}

  @Post(':id/close')
  @HttpCode(200)
  async close(
    @CallingService() caller: ServiceCaller,
    @Param('id') id: string,
    @Body() { closingId }: ClosingBody,
  ): Promise<PersonClosed> {
    forTheGateway(caller, id);
    return unwrap(await this.closePerson.close(id, closingId));
  }

  @Post(':id/reopen')
  @HttpCode(204)
  async reopen(
    @CallingService() caller: ServiceCaller,
    @Param('id') id: string,
    @Body() { closingId }: ClosingBody,
  ): Promise<void> {
    forTheGateway(caller, id);
    await this.closePerson.reopen(id, closingId);
  }
}

function forTheGateway({ service }: ServiceCaller, id: string): void {
  if (service !== 'gateway') throw new Problem('forbidden');
  if (!isId(id)) throw new Problem('not_found');
}
