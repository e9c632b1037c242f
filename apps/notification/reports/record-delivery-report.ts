import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isId } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { type Log, LOG } from '#service-host';
import { MessageRow } from '../messages/message.entity.js';
import { messageMachine, stateOf } from '../messages/message.machine.js';
import { MoveMessage } from '../messages/move-message.js';

export interface DeliveryReport {
  /** From the callback's URL, which we wrote. */
  messageId: string;
  sid: string;
  /** Absent when Twilio was asked for the last time and did not say. */
  status?: string;
  errorCode?: string;
  /** Nobody will ask again. */
  isLast?: boolean;
}

/** Moves a message forward by what Twilio reports; settles a message of which nobody knew that Twilio has it. */
@Injectable()
export class RecordDeliveryReport {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly moveMessage: MoveMessage,
    private readonly dataSource: DataSource,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async run(context: WorkContext, report: DeliveryReport): Promise<void> {
    const id = await this.messageOf(report);
    if (!id) return this.log.warn({ sid: report.sid }, 'a delivery report is about no message of ours');
    const known = await this.work.run(context, (tx) => this.record(id, report, tx));
    if (!known)
      this.log.error({ messageId: id, sid: report.sid }, 'Twilio reports a second SMS of one message');
  }

  private async record(id: string, report: DeliveryReport, tx: Tx): Promise<boolean> {
    const { sid, status, errorCode, isLast } = report;
    const row = await tx.get(MessageRow, id);
    if (row.sid && row.sid !== sid) return false;
    const state = status === undefined ? undefined : stateOf(status);
    const moves = state !== undefined && messageMachine.can(row.state, state);
    if (row.sid && !moves && !isLast) return true;
    await this.moveMessage.run(tx, row, { sid, state, errorCode, isLast });
    return true;
  }

  /** By our own id, or by the sid when the report carries an id that is not ours. */
  private async messageOf({ messageId, sid }: DeliveryReport): Promise<string | undefined> {
    const messages = this.dataSource.getRepository(MessageRow);
    if (isId(messageId) && (await messages.existsBy({ id: messageId }))) return messageId;
    return (await messages.findOne({ select: { id: true }, where: { sid } }))?.id;
  }
}
