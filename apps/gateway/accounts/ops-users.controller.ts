import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { unwrap } from '#kernel';
import { PageQuery, Refuses, Roles, User, type UserCaller } from '#service-host';
import { ReasonBody } from '../money-actions/money-actions.dto.js';
import { UserAnswer } from './accounts.dto.js';
import { FindUsers } from './find-users.js';
import { SuspendUser } from './suspend-user.js';
import type { UserRow } from './user.entity.js';

class UsersQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'part of a phone number, a name or an institution' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  q?: string;
}

class UserOfOperators extends UserAnswer {
  @ApiPropertyOptional() institutionName?: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiPropertyOptional({ format: 'date-time' }) suspendedAt?: string;
  @ApiPropertyOptional() suspendedWhy?: string;
}

class UsersPage {
  @ApiProperty({ type: [UserOfOperators] }) items!: UserOfOperators[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

@ApiTags('operations')
@Roles('operator')
@Controller('api/ops/users')
export class OpsUsersController {
  constructor(
    private readonly findUsers: FindUsers,
    private readonly suspendUser: SuspendUser,
  ) {}

  /** Everybody with an account, newest first. */
  @Get()
  @ApiOkResponse({ type: UsersPage })
  list(@Query() query: UsersQuery): Promise<UsersPage> {
    return this.findUsers.run(query, userOfOperators);
  }

  /** Locks an account: its sessions are over at once, and nobody can sign in to it. */
  @Post(':id/suspend')
  @HttpCode(200)
  @ApiOkResponse({ type: UserOfOperators })
  @Refuses('conflict')
  async suspend(
    @Param('id') id: string,
    @Body() { reason }: ReasonBody,
    @User() caller: UserCaller,
  ): Promise<UserOfOperators> {
    return userOfOperators(unwrap(await this.suspendUser.suspend(id, reason, caller)));
  }

  /** Opens a locked account again; its owner signs in anew. */
  @Post(':id/resume')
  @HttpCode(200)
  @ApiOkResponse({ type: UserOfOperators })
  async resume(@Param('id') id: string, @User() caller: UserCaller): Promise<UserOfOperators> {
    return userOfOperators(unwrap(await this.suspendUser.resume(id, caller)));
  }
}

function userOfOperators(user: UserRow): UserOfOperators {
  const { id, name, phone, role } = user;
  return {
    id,
    name,
    phone,
    role,
    institutionName: user.institutionName ?? undefined,
    createdAt: user.createdAt.toISOString(),
    suspendedAt: user.suspendedAt?.toISOString(),
    suspendedWhy: user.suspendedWhy ?? undefined,
  };
}
