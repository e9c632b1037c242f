import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AskContactKeys, ContactKeys } from '#contracts';
import { type Id, newId } from '#kernel';
import { InternalClient } from '#service-host';

const AT_ONCE = 200;

/**
 * The key of a person's contact never travels in an event, or whoever keeps events could open it for ever. The
 * gateway is asked for it before the first SMS; from then on it stands beside the contact until that is erased.
 */
@Injectable()
export class FetchContactKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly client: InternalClient,
  ) {}

  /** The keys that the gateway gave; none while it is away. */
  async run(userIds: readonly Id[]): Promise<ReadonlyMap<Id, string>> {
    const found = new Map<Id, string>();
    for (let i = 0; i < userIds.length; i += AT_ONCE) {
      const ask: AskContactKeys = { userIds: userIds.slice(i, i + AT_ONCE) };
      const context = { correlationId: newId() };
      const path = '/internal/users/contact-keys';
      const answer = await this.client.call<ContactKeys>('gateway', 'POST', path, context, ask);
      if (answer.ok) for (const [id, key] of Object.entries(answer.value.keys)) found.set(id, key);
    }
    if (found.size > 0) await this.keep(found);
    return found;
  }

  private async keep(keys: ReadonlyMap<Id, string>): Promise<void> {
    await this.dataSource.query(
      `WITH locked AS (SELECT user_id FROM contacts WHERE user_id = ANY($1::uuid[]) AND erased_at IS NULL
                       ORDER BY user_id FOR UPDATE)
       UPDATE contacts c SET contact_key = k.key
       FROM unnest($1::uuid[], $2::text[]) AS k (user_id, key), locked
       WHERE c.user_id = k.user_id AND locked.user_id = k.user_id`,
      [[...keys.keys()], [...keys.values()]],
    );
  }
}
