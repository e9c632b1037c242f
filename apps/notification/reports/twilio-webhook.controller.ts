import { Body, Controller, Headers, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import twilio from 'twilio';
import { Problem } from '#kernel';
import type { WorkContext } from '#persistence';
import { contextOf, type Log, LOG, Open, SETTINGS } from '#service-host';
import { TakeIncoming } from '../incoming/take-incoming.js';
import type { NotificationSettings } from '../notification-settings.js';
import { signedUrlFor } from './callback-url.rules.js';
import { RecordDeliveryReport } from './record-delivery-report.js';

type Form = Record<string, unknown>;

/** Answers are SMS of their own: Twilio is told to say nothing by itself. */
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

@ApiTags('webhooks')
@Controller('api/webhooks/twilio')
export class TwilioWebhookController {
  constructor(
    private readonly recordDeliveryReport: RecordDeliveryReport,
    private readonly takeIncoming: TakeIncoming,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Twilio's delivery reports, which name a message of ours, and the SMS that people send; believed by their signature alone. */
  @Post()
  @Open()
  @HttpCode(200)
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiOkResponse({ description: 'an SMS was taken: an empty TwiML document' })
  @ApiNoContentResponse({ description: 'a delivery report was taken' })
  async take(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('x-twilio-signature') signature: string | undefined,
    @Query('m') messageId: string | undefined,
    @Body() form: Form | null | undefined,
  ): Promise<string | undefined> {
    const context = contextOf(request.headers);
    const isReadable = messageId === undefined || typeof messageId === 'string';
    if (!isReadable || !this.isSigned(signature, messageId, form ?? {})) {
      this.log.warn(
        { correlationId: context.correlationId },
        'a call as of Twilio without a valid signature',
      );
      throw new Problem('forbidden');
    }
    if (messageId === undefined) {
      await this.incoming(context, form ?? {});
      void reply.type('text/xml');
      return EMPTY_TWIML;
    }
    await this.report(context, messageId, form ?? {});
    void reply.code(204);
    return undefined;
  }

  private async report(context: WorkContext, messageId: string, form: Form): Promise<void> {
    const sid = text(form['MessageSid']) ?? text(form['SmsSid']);
    const status = text(form['MessageStatus']) ?? text(form['SmsStatus']);
    if (!sid || !status) throw new Problem('validation_failed', 'MessageSid and MessageStatus are needed');
    const errorCode = text(form['ErrorCode']);
    await this.recordDeliveryReport.run(context, { messageId, sid, status, errorCode });
  }

  private async incoming(context: WorkContext, form: Form): Promise<void> {
    const sid = text(form['MessageSid']) ?? text(form['SmsSid']);
    const from = text(form['From']);
    if (!sid || !from) throw new Problem('validation_failed', 'MessageSid and From are needed');
    await this.takeIncoming.run(context, { sid, from, body: text(form['Body']) ?? '' });
  }

  /** Twilio signs the URL that it was given, so it is built from the settings: a proxy may show us another one. */
  private isSigned(signature: string | undefined, messageId: string | undefined, form: Form): boolean {
    const { TWILIO_AUTH_TOKEN, TWILIO_AUTH_TOKEN_SECONDARY, TWILIO_STATUS_CALLBACK_URL } = this.settings;
    if (!signature || TWILIO_STATUS_CALLBACK_URL === '') return false;
    const url = signedUrlFor(TWILIO_STATUS_CALLBACK_URL, messageId);
    // While the token is changed Twilio may sign with either.
    return [TWILIO_AUTH_TOKEN, TWILIO_AUTH_TOKEN_SECONDARY].some(
      (token) => token !== '' && twilio.validateRequest(token, signature, url, form),
    );
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
