import { Controller, Get, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { ContactState } from '#contracts';
import { isId, Problem } from '#kernel';
import { ServicesOnly } from '#service-host';
import { ContactRow } from './contact.entity.js';

/** For the gateway, which shows it in the profile. */
@ApiExcludeController()
@ServicesOnly()
@Controller('internal/contacts')
export class ContactsController {
  constructor(private readonly dataSource: DataSource) {}

  @Get(':userId')
  async state(@Param('userId') userId: string): Promise<ContactState> {
    const contact = isId(userId)
      ? await this.dataSource.getRepository(ContactRow).findOneBy({ userId })
      : null;
    if (!contact) throw new Problem('not_found');
    return { optedOut: contact.optedOutAt !== null };
  }
}
