import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Patch, Post, Req, StreamableFile } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { unwrap } from '#kernel';
import { Refuses, User, type UserCaller } from '#service-host';
import { DeleteAccountBody, ProfileAnswer, ProfileBody } from './accounts.dto.js';
import { ChangeProfile } from './change-profile.js';
import { DeleteAccount } from './delete-account.js';
import { ExportAccount } from './export-account.js';
import { ReadProfile } from './read-profile.js';

@ApiTags('accounts')
@Controller('api/profile')
export class ProfileController {
  constructor(
    private readonly readProfile: ReadProfile,
    private readonly changeProfile: ChangeProfile,
    private readonly exportAccount: ExportAccount,
    private readonly deleteAccount: DeleteAccount,
  ) {}

  @Get()
  @ApiOkResponse({ type: ProfileAnswer })
  async read(@User() caller: UserCaller): Promise<ProfileAnswer> {
    return this.readProfile.run(caller);
  }

  /** Everything that Wattline has about the caller: profile, wallet and its entries, bills, payments, messages. */
  @Get('export')
  @ApiOkResponse({ description: 'a file of JSON', schema: { type: 'object' } })
  async export(@User() caller: UserCaller): Promise<StreamableFile> {
    const pieces = await this.exportAccount.run(caller);
    const disposition = 'attachment; filename="wattline-account.json"';
    return new StreamableFile(Readable.from(pieces, { objectMode: false }), {
      type: 'application/json; charset=utf-8',
      disposition,
    });
  }

  /**
   * Deletes the account for good. Refused while there is money in the wallet or a payment is under way. The phone is
   * free afterwards; of payments and bills, ids and amounts stay.
   */
  @Post('delete')
  @HttpCode(204)
  @ApiNoContentResponse()
  @Refuses('invalid_credentials', 'conflict')
  async delete(
    @Body() { password }: DeleteAccountBody,
    @User() caller: UserCaller,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    unwrap(await this.deleteAccount.run(password, request.ip, caller));
  }

  @Patch()
  @ApiOkResponse({ type: ProfileAnswer })
  async change(@Body() body: ProfileBody, @User() caller: UserCaller): Promise<ProfileAnswer> {
    const user = unwrap(await this.changeProfile.run(body, caller));
    const profile = await this.readProfile.of(user, caller);
    return { ...profile, smsOptedOut: body.smsOptedOut ?? profile.smsOptedOut };
  }
}
