import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Problem, unwrap } from '#kernel';
import { User, type UserCaller } from '#service-host';
import { ProfileAnswer, ProfileBody } from './accounts.dto.js';
import { ChangeProfile } from './change-profile.js';
import { UserRow } from './user.entity.js';

@ApiTags('accounts')
@Controller('api/profile')
export class ProfileController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changeProfile: ChangeProfile,
  ) {}

  @Get()
  @ApiOkResponse({ type: ProfileAnswer })
  async read(@User() caller: UserCaller): Promise<ProfileAnswer> {
    const user = await this.dataSource.getRepository(UserRow).findOneBy({ id: caller.userId });
    if (!user) throw new Problem('unauthorized');
    return profileOf(user);
  }

  @Patch()
  @ApiOkResponse({ type: ProfileAnswer })
  async change(@Body() body: ProfileBody, @User() caller: UserCaller): Promise<ProfileAnswer> {
    return profileOf(unwrap(await this.changeProfile.run(body, caller)));
  }
}

/** Everything about oneself but the password's hash. */
function profileOf(user: UserRow): ProfileAnswer {
  const { id, name, phone, role, email, institutionName, language, notifications } = user;
  const createdAt = user.createdAt.toISOString();
  return { id, name, phone, role, email, institutionName, language, notifications, createdAt };
}
