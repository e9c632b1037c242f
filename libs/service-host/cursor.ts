import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { isId, Problem } from '#kernel';

/** Query of every list: newest first, `nextCursor` of the last page is null. */
export class PageQuery {
  /** Items per page, 1 to 100. */
  @ApiProperty({ required: false, minimum: 1, maximum: 100, default: 20, description: 'items per page' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;

  /** `nextCursor` of the page before. */
  @ApiProperty({ required: false, description: '`nextCursor` of the page before' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** The id below which the page starts; cursors are ids of UUIDv7, which rise with time. */
export function cursorId(query: PageQuery): string {
  if (query.cursor === undefined) return 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  const id = Buffer.from(query.cursor, 'base64url').toString('utf8');
  if (!isId(id)) throw new Problem('validation_failed', 'cursor is not one of ours');
  return id;
}

/** A page from one row more than was asked for. */
export function pageOf<R extends { id: string }, T>(rows: R[], limit: number, view: (row: R) => T): Page<T> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last;
  return { items: page.map(view), nextCursor: more ? Buffer.from(last.id).toString('base64url') : null };
}
