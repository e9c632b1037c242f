import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, type Id, Problem } from '#kernel';
import { runPrepared } from '#persistence';
import { needsPersonalKey, SETTINGS, unseal } from '#service-host';
import { FetchContactKeys } from '../contacts/fetch-contact-keys.js';
import { openContact } from '../contacts/open-contact.js';
import type { NotificationSettings } from '../notification-settings.js';

/** A message with all that is needed to send it, or to look for it. */
export interface OpenedMessage {
  sid: string | null;
  phone: string;
  text: string;
  correlationId: string;
  attemptedAt: Date | null;
  /** Why it must not be sent any more. */
  mute?: 'opted_out' | 'user_deleted';
}

interface Row {
  id: string;
  user_id: string;
  sid: string | null;
  body: string;
  correlation_id: string;
  attempted_at: Date | null;
  sealed_contact: string;
  contact_key: string | null;
  opted_out_at: Date | null;
  erased_at: Date | null;
}

type Waiting = { resolve: (row: Row | undefined) => void; reject: (error: unknown) => void };

const READ = `SELECT m.id, m.user_id, m.sid, m.body, m.correlation_id, m.attempted_at, c.sealed_contact,
                     c.contact_key, c.opted_out_at, c.erased_at
              FROM messages m JOIN contacts c USING (user_id) WHERE m.id = $1`;
/** Contacts are joined to what was marked: joined to all messages, a young database reads each person's history. */
const MARK = `WITH locked AS (SELECT id FROM messages WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE),
              marked AS (UPDATE messages m SET attempted_at = $2 FROM locked WHERE m.id = locked.id
                         RETURNING m.id, m.user_id, m.sid, m.body, m.correlation_id, m.attempted_at)
              SELECT m.*, c.sealed_contact, c.contact_key, c.opted_out_at, c.erased_at
              FROM marked m JOIN contacts c USING (user_id)`;

const lacksKey = (row: Row) => row.contact_key === null && needsPersonalKey(row.sealed_contact);

/**
 * Opens messages for sending, and notes the time before the call is made: who asks later whether Twilio has a
 * message must know how long ago the last attempt was, whatever happened to the process. Attempts that begin
 * in one turn share a statement.
 */
@Injectable()
export class BeginAttempt {
  private waiting = new Map<Id, Waiting[]>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly fetchContactKeys: FetchContactKeys,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
  ) {}

  /** Throws when the message or its contact cannot be read, `unavailable` while that may change; then nothing was sent. */
  async run(id: Id): Promise<OpenedMessage> {
    const row = await new Promise<Row | undefined>((resolve, reject) => {
      if (this.waiting.size === 0) setImmediate(() => void this.markAll());
      this.waiting.set(id, [...(this.waiting.get(id) ?? []), { resolve, reject }]);
    });
    return this.open(id, row);
  }

  /** The message as it is, without an attempt. */
  async look(id: Id): Promise<OpenedMessage> {
    const [row] = await this.dataSource.query<Row[]>(READ, [id]);
    await this.findKeys(row ? [row] : []);
    return this.open(id, row);
  }

  private async markAll(): Promise<void> {
    const all = this.waiting;
    this.waiting = new Map();
    try {
      const rows = await runPrepared<Row>(this.dataSource, MARK, [[...all.keys()], this.clock.now()]);
      await this.findKeys(rows);
      const found = new Map(rows.map((row) => [row.id, row]));
      for (const [id, waiting] of all) for (const { resolve } of waiting) resolve(found.get(id));
    } catch (error) {
      for (const waiting of all.values()) for (const { reject } of waiting) reject(error);
    }
  }

  /** Of contacts that are opened for the first time; those whose key is not to be had now cannot be opened. */
  private async findKeys(rows: Row[]): Promise<void> {
    const closed = rows.filter(lacksKey);
    if (closed.length === 0) return;
    const keys = await this.fetchContactKeys.run([...new Set(closed.map((row) => row.user_id))]);
    for (const row of closed) row.contact_key = keys.get(row.user_id) ?? null;
  }

  private open(id: Id, row: Row | undefined): OpenedMessage {
    if (!row) throw new Error(`Message ${id} or its contact is missing`);
    if (!row.erased_at && lacksKey(row))
      throw new Problem('unavailable', 'the gateway did not give the key of the contact');
    const { CONTACT_SECRET: secret } = this.settings;
    return {
      sid: row.sid,
      phone: row.erased_at ? '' : openContact(row.sealed_contact, secret, row.contact_key).phone,
      text: row.body === '' ? '' : unseal(row.body, secret, 'message'),
      correlationId: row.correlation_id,
      attemptedAt: row.attempted_at,
      ...(row.opted_out_at && { mute: 'opted_out' }),
      ...(row.erased_at && { mute: 'user_deleted' }),
    };
  }
}
