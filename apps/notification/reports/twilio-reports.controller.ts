import { Body, Controller, Headers, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import twilio from 'twilio';
import { Problem } from '#kernel';
import { contextOf, type Log, LOG, Open, SETTINGS } from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { signedUrlFor } from './callback-url.rules.js';
import { RecordDeliveryReport } from './record-delivery-report.js';

type Form = Record<string, unknown>;

@ApiTags('webhooks')
@Controller('api/webhooks/twilio')
export class TwilioReportsController {
  constructor(
    private readonly recordDeliveryReport: RecordDeliveryReport,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Twilio's delivery reports, believed by their signature alone. */
  @Post()
  @Open()
  @HttpCode(204)
  @ApiConsumes('application/x-www-form-urlencoded')
  async report(
    @Req() request: FastifyRequest,
    @Headers('x-twilio-signature') signature: string | undefined,
    @Query('m') messageId: string | undefined,
    @Body() form: Form | null | undefined,
  ): Promise<void> {
    const context = contextOf(request.headers);
    if (typeof messageId !== 'string' || !this.isSigned(signature, messageId, form ?? {})) {
      this.log.warn({ correlationId: context.correlationId }, 'a delivery report without a valid signature');
      throw new Problem('forbidden');
    }
    const sid = text(form?.['MessageSid']) ?? text(form?.['SmsSid']);
    const status = text(form?.['MessageStatus']) ?? text(form?.['SmsStatus']);
    if (!sid || !status) throw new Problem('validation_failed', 'MessageSid and MessageStatus are needed');
    await this.recordDeliveryReport.run(context, {
      messageId,
      sid,
      status,
      errorCode: text(form?.['ErrorCode']),
    });
  }

  /** Twilio signs the URL that it was given, so it is built from the settings: a proxy may show us another one. */
  private isSigned(signature: string | undefined, messageId: string, form: Form): boolean {
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
