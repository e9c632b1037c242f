import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Rounds } from '#kernel';
import { type Log, LOG, SETTINGS } from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { nameOf } from '../sms/twilio-answers.rules.js';
import { Refused, TwilioApi } from '../sms/twilio-api.js';
import { RecordDeliveryReport } from './record-delivery-report.js';

const EVERY_MILLIS = 30_000;
const AT_ONCE = 50;
/** After ten minutes, one hour and six hours, counted from when Twilio took the SMS. */
const POLLS = 3;

interface Due {
  id: string;
  sid: string;
  polls: number;
  correlation_id: string;
}

/**
 * Reports of deliveries are sent once and may be lost, so Twilio is asked for SMS that are still on their way after
 * ten minutes, an hour and six hours, and then no more: a network that gives no receipts never will.
 */
@Injectable()
export class PollDeliveries implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Rounds(
    () => this.run(),
    (error) => this.log.warn({ err: error }, 'deliveries could not be asked for'),
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly twilio: TwilioApi,
    private readonly recordDeliveryReport: RecordDeliveryReport,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MILLIS);
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  async run(): Promise<void> {
    for (let taken = AT_ONCE; taken === AT_ONCE;) {
      const due = await this.take();
      taken = due.length;
      await Promise.all(due.map((message) => this.ask(message)));
    }
  }

  /** The next question is set before this one is asked: a process that dies in between has asked once less. */
  private async take(): Promise<Due[]> {
    const [due] = await this.dataSource.query<[Due[], number]>(
      `UPDATE messages m SET polls = m.polls + 1,
         poll_at = CASE m.polls WHEN 0 THEN m.poll_at + interval '50 minutes'
                                WHEN 1 THEN m.poll_at + interval '5 hours' END
       FROM (SELECT id FROM messages WHERE poll_at <= $1 ORDER BY poll_at LIMIT ${AT_ONCE}
             FOR UPDATE SKIP LOCKED) due
       WHERE m.id = due.id
       RETURNING m.id, m.sid, m.polls, m.correlation_id`,
      [this.clock.now()],
    );
    return due;
  }

  private async ask({ id, sid, polls, correlation_id: correlationId }: Due): Promise<void> {
    const isLast = polls >= POLLS;
    const report = { messageId: id, sid, isLast };
    try {
      const seen = await this.twilio.read(sid, AbortSignal.timeout(this.settings.SMS_TIMEOUT_MS));
      await this.recordDeliveryReport.run({ correlationId }, { ...report, ...seen });
    } catch (error) {
      const reason = error instanceof Refused ? error.message : nameOf(error);
      this.log.warn({ correlationId, messageId: id, reason }, 'Twilio did not say what became of an SMS');
      if (isLast) await this.recordDeliveryReport.run({ correlationId }, report);
    }
  }
}
