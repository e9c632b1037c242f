import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { TOKEN_KINDS, type TokenKind } from '#contracts';
import { unwrap } from '#kernel';
import { type Page, PageQuery, Refuses, User, type UserCaller } from '#service-host';
import { type OwnToken, ReadVends } from './read-vends.js';
import { ResendTokens } from './resend-tokens.js';

class TokensQuery extends PageQuery {
  @ApiPropertyOptional({ example: '04123456784' })
  @IsOptional()
  @Matches(/^\d{5,20}$/, { message: 'meterNumber must be the digits on the meter' })
  meterNumber?: string;
}

export class OwnTokenView implements OwnToken {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid', description: 'the payment that it was bought with' }) vendId!: string;
  @ApiProperty() meterNumber!: string;
  @ApiProperty({ enum: TOKEN_KINDS }) kind!: TokenKind;
  @ApiProperty({ example: '34809276733624414743' }) token!: string;
  @ApiPropertyOptional() kwh?: string;
  @ApiPropertyOptional({ description: 'on a device that is paid by time' }) days?: number;
  @ApiProperty({ format: 'date-time' }) issuedAt!: string;
}

class TokenPage {
  @ApiProperty({ type: [OwnTokenView] }) items!: OwnTokenView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

@ApiTags('electricity')
@Controller('api/tokens')
export class TokensController {
  constructor(
    private readonly readVends: ReadVends,
    private readonly resendTokens: ResendTokens,
  ) {}

  /** The caller's own tokens, newest first. */
  @Get()
  @ApiOkResponse({ type: TokenPage })
  list(@User() caller: UserCaller, @Query() query: TokensQuery): Promise<Page<OwnToken>> {
    return this.readVends.ownTokens(caller, query);
  }

  /** Sends the tokens of a purchase once more, to the caller's own phone. */
  @Post(':id/resend')
  @HttpCode(202)
  @Refuses('not_found', 'rate_limited')
  async resend(@User() caller: UserCaller, @Param('id') id: string): Promise<void> {
    unwrap(await this.resendTokens.one(caller, id));
  }
}
