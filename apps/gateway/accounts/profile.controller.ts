import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { unwrap } from '#kernel';
import { User, type UserCaller } from '#service-host';
import { ProfileAnswer, ProfileBody } from './accounts.dto.js';
import { ChangeProfile } from './change-profile.js';
import { ReadProfile } from './read-profile.js';

@ApiTags('accounts')
@Controller('api/profile')
export class ProfileController {
  constructor(
    private readonly readProfile: ReadProfile,
    private readonly changeProfile: ChangeProfile,
  ) {}

  @Get()
  @ApiOkResponse({ type: ProfileAnswer })
  async read(@User() caller: UserCaller): Promise<ProfileAnswer> {
    return this.readProfile.run(caller);
  }

  @Patch()
  @ApiOkResponse({ type: ProfileAnswer })
  async change(@Body() body: ProfileBody, @User() caller: UserCaller): Promise<ProfileAnswer> {
    const user = unwrap(await this.changeProfile.run(body, caller));
    const profile = await this.readProfile.of(user, caller);
    return { ...profile, smsOptedOut: body.smsOptedOut ?? profile.smsOptedOut };
  }
}
