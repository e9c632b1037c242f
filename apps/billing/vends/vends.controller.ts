import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import {
  type ProposedOutcome,
  type ProposeOutcome,
  type ResendNewest,
  type ResolveVend as ResolveOrder,
  type TokensResent,
  VEND_OUTCOMES,
  type VendDetails,
  type VendOutcome,
} from '#contracts';
import { unwrap } from '#kernel';
import { CallingService, type ServiceCaller, ServicesOnly } from '#service-host';
import { ReadVends } from './read-vends.js';
import { ResendTokens } from './resend-tokens.js';
import { ResolveVend } from './resolve-vend.js';

/** A key change and the credit after it. */
const MOST_TOKENS = 5;

class ProposeBody implements ProposeOutcome {
  @IsUUID() decisionId!: string;

  @IsIn(VEND_OUTCOMES) outcome!: VendOutcome;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_TOKENS)
  @Matches(/^\d{9,20}$/, { each: true, message: 'tokens must be digits alone' })
  tokens?: string[];

  @IsString() @Length(1, 300) reason!: string;
}

class ResolveBody implements ResolveOrder {
  @IsUUID() decisionId!: string;
}

class ResendBody implements ResendNewest {
  @IsOptional()
  @Matches(/^\d{4,20}$/, { message: 'meterEnding must be the last digits of a meter' })
  meterEnding?: string;
}

/** For payment and notification, which show tokens to their owner, and for the gateway, where operators decide. */
@ApiExcludeController()
@ServicesOnly()
@Controller('internal')
export class VendsController {
  constructor(
    private readonly readVends: ReadVends,
    private readonly resolveVend: ResolveVend,
    private readonly resendTokens: ResendTokens,
  ) {}

  @Get('vends/:id')
  async one(@Param('id') id: string): Promise<VendDetails> {
    return unwrap(await this.readVends.one(id));
  }

  @Post('vends/:id/requery')
  @HttpCode(204)
  async requery(@Param('id') id: string, @CallingService() caller: ServiceCaller): Promise<void> {
    unwrap(await this.resolveVend.requery(id, caller));
  }

  @Post('vends/:id/proposals')
  @HttpCode(200)
  async propose(
    @Param('id') id: string,
    @Body() body: ProposeBody,
    @CallingService() caller: ServiceCaller,
  ): Promise<ProposedOutcome> {
    return unwrap(await this.resolveVend.propose(id, body, caller));
  }

  @Post('vends/:id/resolve')
  @HttpCode(204)
  async resolve(
    @Param('id') id: string,
    @Body() { decisionId }: ResolveBody,
    @CallingService() caller: ServiceCaller,
  ): Promise<void> {
    unwrap(await this.resolveVend.run(id, decisionId, caller));
  }

  @Post('people/:id/tokens/resend')
  @HttpCode(200)
  async resend(
    @Param('id') id: string,
    @Body() body: ResendBody,
    @CallingService() caller: ServiceCaller,
  ): Promise<TokensResent> {
    return { count: unwrap(await this.resendTokens.newest(id, body, caller)) };
  }
}
