import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { FindUser, FoundUser } from '#contracts';
import { isId, maskName, ok, Problem, refuse, type Result } from '#kernel';
import { runPrepared } from '#persistence';
import { SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { readPhone } from './phone.rules.js';
import type { UserRow } from './user.entity.js';

type Person = Pick<UserRow, 'id' | 'name' | 'phone'>;

/** Finds people by phone or id, as many as are asked for in one statement. */
@Injectable()
export class FindPeople {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** One answer each, in this order. Refusals: not_found, also for a phone that cannot be read; validation_failed. */
  async all(wanted: FindUser[]): Promise<Result<FoundUser>[]> {
    const keys = wanted.map((it) => this.keyOf(it));
    const ids = keys.flatMap((key) => (key.ok && 'id' in key.value ? [key.value.id] : []));
    const phones = keys.flatMap((key) => (key.ok && 'phone' in key.value ? [key.value.phone] : []));
    const people = await runPrepared<Person>(
      this.dataSource,
      `SELECT id, name, phone FROM users WHERE id = ANY($1::uuid[])
       UNION ALL SELECT id, name, phone FROM users WHERE phone = ANY($2::text[])`,
      [ids, phones],
    );
    const known = new Map(people.flatMap((person) => [[person.id, person] as const, [person.phone, person]]));
    return keys.map((key) => {
      if (!key.ok) return key;
      const person = known.get('id' in key.value ? key.value.id : key.value.phone);
      return person ? ok({ userId: person.id, maskedName: maskName(person.name) }) : notFound();
    });
  }

  private keyOf({ phone, userId }: FindUser): Result<{ id: string } | { phone: string }> {
    if (phone === undefined && userId !== undefined) return isId(userId) ? ok({ id: userId }) : notFound();
    if (phone === undefined || userId !== undefined)
      return refuse(new Problem('validation_failed', 'either phone or userId must be given'));
    const read = readPhone(phone, this.settings.PHONE_COUNTRY);
    return read.ok ? ok({ phone: read.value }) : notFound();
  }
}

const notFound = () => refuse(new Problem('not_found'));
