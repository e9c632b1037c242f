import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsIn, IsString, Length, Matches } from 'class-validator';
import { DataSource, LessThan } from 'typeorm';
import { isId, Problem, unwrap } from '#kernel';
import { cursorId, type Page, pageOf, PageQuery, Refuses, User, type UserCaller } from '#service-host';
import { ApiKeyRow } from './api-key.entity.js';
import { ApiKeys } from './api-keys.js';
import { type Scope, SCOPES } from './scopes.rules.js';

class NewApiKeyBody {
  @ApiProperty({ example: 'our bookkeeping', maxLength: 100 })
  @IsString()
  @Length(1, 100)
  @Matches(/^\P{Cc}*$/u, { message: 'name must be one line of text' })
  name!: string;

  @ApiProperty({ isArray: true, enum: SCOPES })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @IsIn(SCOPES, { each: true, message: `each of scopes must be one of ${SCOPES.join(', ')}` })
  scopes!: Scope[];
}

class ApiKeyView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ example: 'wl_k3Jq8ZxP', description: 'how the key begins' }) prefix!: string;
  @ApiProperty({ isArray: true, enum: SCOPES }) scopes!: Scope[];
  @ApiProperty() createdAt!: string;
  @ApiProperty({ required: false, description: 'to the minute' }) lastUsedAt?: string;
}

class ApiKeyWithKey extends ApiKeyView {
  @ApiProperty({ example: 'wl_…', description: 'shown this once; sent as a bearer token' }) key!: string;
}

class ApiKeyPage {
  @ApiProperty({ type: [ApiKeyView] }) items!: ApiKeyView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** Closed to API keys themselves: a key cannot make a key. */
@ApiTags('partners')
@Controller('api/api-keys')
export class ApiKeysController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: ApiKeys,
  ) {}

  /** A key by which a machine acts for the caller, within its scopes. */
  @Post()
  @ApiCreatedResponse({ type: ApiKeyWithKey })
  @Refuses('forbidden', 'conflict')
  async create(@User() caller: UserCaller, @Body() body: NewApiKeyBody): Promise<ApiKeyWithKey> {
    const { row, key } = unwrap(await this.keys.create(caller, body));
    return { ...viewOf(row), key };
  }

  /** One's own, newest first. */
  @Get()
  @ApiOkResponse({ type: ApiKeyPage })
  @Refuses('forbidden')
  async list(@User() caller: UserCaller, @Query() query: PageQuery): Promise<Page<ApiKeyView>> {
    const rows = await this.dataSource.getRepository(ApiKeyRow).find({
      where: { userId: caller.userId, id: LessThan(cursorId(query)) },
      order: { id: 'DESC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query.limit, viewOf);
  }

  @Get(':id')
  @ApiOkResponse({ type: ApiKeyView })
  @Refuses('forbidden')
  async one(@User() caller: UserCaller, @Param('id') id: string): Promise<ApiKeyView> {
    const row = isId(id)
      ? await this.dataSource.getRepository(ApiKeyRow).findOneBy({ id, userId: caller.userId })
      : null;
    if (!row) throw new Problem('not_found');
    return viewOf(row);
  }

  /** The key is dead at once; at other gateways within two seconds. */
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  @Refuses('forbidden')
  async delete(@User() caller: UserCaller, @Param('id') id: string): Promise<void> {
    unwrap(await this.keys.delete(caller, id));
  }
}

function viewOf({ id, name, prefix, scopes, createdAt, lastUsedAt }: ApiKeyRow): ApiKeyView {
  return {
    id,
    name,
    prefix,
    scopes,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString(),
  };
}
