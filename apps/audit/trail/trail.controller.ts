import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsISO8601, IsOptional, IsString, MaxLength } from 'class-validator';
import { DataSource } from 'typeorm';
import type { Envelope } from '#contracts';
import { masked } from '#messaging';
import { type Page, PageQuery, Roles } from '#service-host';
import { TrailRow } from './trail.entity.js';
import { type Verification, VerifyTrail } from './verify-trail.js';

class TrailQuery extends PageQuery {
  /** Everything that one request caused. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  correlationId?: string;

  /** The event's name, `payment_completed`. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  type?: string;

  /** Not before this moment, ISO 8601. */
  @IsOptional()
  @IsISO8601()
  from?: string;
}

interface TrailEntry {
  seq: string;
  event: Envelope;
  hash: string;
}

@ApiTags('audit')
@Roles('operator')
@Controller('api/audit')
export class TrailController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly verifyTrail: VerifyTrail,
  ) {}

  /** Events, newest first, their payloads masked as those of dead letters; the hashes are of what is stored. */
  @Get()
  async list(@Query() query: TrailQuery): Promise<Page<TrailEntry>> {
    const find = this.dataSource.getRepository(TrailRow).createQueryBuilder('t').orderBy('t.seq', 'DESC');
    if (query.correlationId) find.andWhere('t.correlationId = :correlationId', query);
    if (query.type)
      find.andWhere('t.type LIKE :type', { type: `wattline.${query.type.replace(/[%_\\]/g, '\\$&')}.v%` });
    if (query.from) find.andWhere('t.at >= :from', query);
    if (query.cursor) find.andWhere('t.seq < :seq', { seq: BigInt.asIntN(64, BigInt(`0x${query.cursor}`)) });
    const rows = await find.take(query.limit + 1).getMany();
    const page = rows.slice(0, query.limit);
    const more = rows.length > query.limit;
    return {
      items: page.map((row) => ({
        seq: String(row.seq),
        event: shown(JSON.parse(row.envelope) as Envelope),
        hash: row.hash,
      })),
      nextCursor: more ? page.at(-1)!.seq.toString(16) : null,
    };
  }

  /** Computes the whole chain anew; names the first broken row. */
  @Get('verify')
  verify(): Promise<Verification> {
    return this.verifyTrail.run();
  }
}

function shown(envelope: Envelope): Envelope {
  return { ...envelope, data: masked(envelope.data) };
}
