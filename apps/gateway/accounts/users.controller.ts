import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsDefined,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { DataSource, In, IsNull, Not } from 'typeorm';
import {
  type AskContactKeys,
  type ContactKeys,
  type FindUser,
  type FoundUser,
  type Gathered,
  type GatheredAnswers,
  MOST_QUESTIONS,
  type Question,
} from '#contracts';
import { Problem } from '#kernel';
import {
  answerEach,
  CallingService,
  LOG,
  type Log,
  QuestionContext,
  type ServiceCaller,
  ServicesOnly,
} from '#service-host';
import { FindPeople } from './find-people.js';
import { UserRow } from './user.entity.js';

class FindUserBody implements FindUser {
  @IsOptional() @IsString() @MaxLength(40) phone?: string;
  @IsOptional() @IsString() @MaxLength(40) userId?: string;
}

class FindUserQuestion implements Question<FindUser> {
  @IsDefined() @ValidateNested() @Type(() => QuestionContext) context!: QuestionContext;
  @IsDefined() @ValidateNested() @Type(() => FindUserBody) asked!: FindUserBody;
}

class FindUsersBody implements Gathered<FindUser> {
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST_QUESTIONS)
  @ValidateNested({ each: true })
  @Type(() => FindUserQuestion)
  questions!: FindUserQuestion[];
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
    private readonly findPeople: FindPeople,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post('find')
  @HttpCode(200)
  find(@Body() { questions }: FindUsersBody): Promise<GatheredAnswers<FoundUser>> {
    const found = this.findPeople.all(questions.map(({ asked }) => asked));
    return answerEach(questions, this.log, async (_context, _asked, i) => (await found)[i]!);
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
}
