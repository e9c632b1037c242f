import type { Clock } from '#kernel';
import type { PhoneText } from '../phones/phone-network.js';
import type { DeliveryScript, MessageStatus, Step } from './delivery-script.js';

/** What all messages of one simulator share: its clock and how long a step of delivery takes. */
export interface Pace {
  clock: Clock;
  stepMs: number;
}

export interface Draft {
  to: string;
  from: string;
  body: string;
  statusCallback?: string | undefined;
  messagingServiceSid?: string | undefined;
  script: DeliveryScript;
}

/** One accepted SMS. What is remembered is when it was accepted; its status follows from the time. */
export class Message implements PhoneText {
  readonly to: string;
  readonly from: string;
  /** What the phone received. It stays when Twilio's copy is redacted or deleted: a phone forgets nothing. */
  readonly body: string;
  readonly statusCallback: string | undefined;
  readonly messagingServiceSid: string | undefined;
  readonly script: DeliveryScript;
  redacted = false;
  deleted = false;
  /** Neighbours among the messages to the same phone; the store keeps them. */
  older: Message | undefined = undefined;
  newer: Message | undefined = undefined;

  constructor(
    readonly seq: number,
    readonly sid: string,
    readonly acceptedAt: number,
    draft: Draft,
    private readonly pace: Pace,
  ) {
    this.to = draft.to;
    this.from = draft.from;
    this.body = draft.body;
    this.statusCallback = draft.statusCallback;
    this.messagingServiceSid = draft.messagingServiceSid;
    this.script = draft.script;
  }

  get status(): MessageStatus {
    return this.step()?.status ?? this.firstStatus;
  }

  get errorCode(): number | undefined {
    return this.step()?.errorCode;
  }

  /** Twilio's first word: a messaging service has yet to choose the sender. */
  get firstStatus(): MessageStatus {
    return this.messagingServiceSid === undefined ? 'queued' : 'accepted';
  }

  /** Twilio refuses to redact or delete what it is still busy with. */
  get isWithTwilio(): boolean {
    const step = this.step();
    return step === undefined || step.status === 'sending';
  }

  get updatedAt(): number {
    return this.timeOf(this.step());
  }

  get sentAt(): number | undefined {
    const sent = this.script.steps.find((step) => step.status === 'sent');
    if (sent === undefined) return undefined;
    const at = this.timeOf(sent);
    return at <= this.pace.clock.now().getTime() ? at : undefined;
  }

  private step(): Step | undefined {
    const steps = (this.pace.clock.now().getTime() - this.acceptedAt) / this.pace.stepMs;
    return this.script.steps.findLast((step) => step.after <= steps);
  }

  private timeOf(step: Step | undefined): number {
    return this.acceptedAt + (step === undefined ? 0 : step.after * this.pace.stepMs);
  }
}
