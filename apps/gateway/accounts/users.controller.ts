import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { DataSource, In, IsNull, Not } from 'typeorm';
import type { AskContactKeys, ContactKeys, FindUser, FoundUser } from '#contracts';
import { isId, maskName, Problem } from '#kernel';
import { CallingService, type ServiceCaller, ServicesOnly, SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { readPhone } from './phone.rules.js';
import { UserRow } from './user.entity.js';

class FindUserBody implements FindUser {
  @IsOptional() @IsString() @MaxLength(40) phone?: string;
  @IsOptional() @IsString() @MaxLength(40) userId?: string;
}

class ContactKeysBody implements AskContactKeys {
  @IsArray() @ArrayMaxSize(200) @IsUUID(undefined, { each: true }) userIds!: string[];
}

/** For the other services, which know people by their id alone. */
@ApiExcludeController()
@ServicesOnly()
@Controller('internal/users')
export class UsersController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** A phone that cannot be read is nobody's: 404. */
  @Post('find')
  @HttpCode(200)
  async find(@Body() { phone, userId }: FindUserBody): Promise<FoundUser> {
    if ((phone === undefined) === (userId === undefined)) {
      throw new Problem('validation_failed', 'either phone or userId must be given');
    }
    const user = phone === undefined ? await this.byId(userId!) : await this.byPhone(phone);
    if (!user) throw new Problem('not_found');
    return { userId: user.id, maskedName: maskName(user.name) };
  }

  /** What opens people's sealed contacts. Nobody but notification has to. */
  @Post('contact-keys')
  @HttpCode(200)
  async contactKeys(
    @CallingService() caller: ServiceCaller,
    @Body() { userIds }: ContactKeysBody,
  ): Promise<ContactKeys> {
    if (caller.service !== 'notification') throw new Problem('forbidden');
    const users = await this.dataSource.getRepository(UserRow).find({
      select: { id: true, contactKey: true },
      where: { id: In(userIds), contactKey: Not(IsNull()) },
    });
    return { keys: Object.fromEntries(users.map(({ id, contactKey }) => [id, contactKey!])) };
  }

  private async byId(id: string): Promise<UserRow | null> {
    return isId(id) ? this.dataSource.getRepository(UserRow).findOneBy({ id }) : null;
  }

  private async byPhone(text: string): Promise<UserRow | null> {
    const phone = readPhone(text, this.settings.PHONE_COUNTRY);
    return phone.ok ? this.dataSource.getRepository(UserRow).findOneBy({ phone: phone.value }) : null;
  }
}
