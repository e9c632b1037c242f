import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import type { ServiceName } from '#contracts';
import { newId } from '#kernel';
import { InternalClient, LOG, type Log, Readiness } from '#service-host';
import { mergeOpenApi, type Part } from './merge-openapi.js';

const OTHERS: readonly ServiceName[] = ['billing', 'wallet', 'payment', 'notification', 'audit'];

/** From one try to the next while a service is away. */
const AGAIN_MILLIS = 2_000;

/** The OpenAPI document of the whole system: the gateway's own, and those that the services tell about themselves. */
@Injectable()
export class PublicApi implements OnApplicationBootstrap {
  private own: OpenAPIObject | undefined;
  private whole: Promise<OpenAPIObject> | undefined;

  constructor(
    private readonly readiness: Readiness,
    private readonly client: InternalClient,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.own = await this.readiness.openApi();
    this.readiness.openApi = () => this.document();
  }

  /** Asked for once and kept, as soon as every service has answered; until then without those that are away. */
  document(): Promise<OpenAPIObject> {
    this.whole ??= this.ask();
    return this.whole;
  }

  private async ask(): Promise<OpenAPIObject> {
    const context = { correlationId: newId() };
    const answers = await Promise.all(
      OTHERS.map((service) => this.client.call<OpenAPIObject>(service, 'GET', '/openapi.json', context)),
    );
    const parts: Part[] = this.own ? [{ service: 'gateway', document: this.own }] : [];
    const away: ServiceName[] = [];
    answers.forEach((answer, i) => {
      if (answer.ok) parts.push({ service: OTHERS[i]!, document: answer.value });
      else away.push(OTHERS[i]!);
    });
    if (away.length > 0) {
      this.log.warn({ away }, 'the OpenAPI document is not complete yet');
      setTimeout(() => (this.whole = undefined), AGAIN_MILLIS).unref();
    }
    return mergeOpenApi(frame(), parts);
  }
}

function frame(): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder()
    .setTitle('Wattline')
    .setDescription(
      'Prepaid electricity and bill payments. Sign in at /api/auth/login and send the access token as a bearer token. ' +
        'Machines send an API key instead. Errors are RFC 9457 problem+json with a stable `code`. ' +
        'GET /api/live is a WebSocket: send {"type":"auth","accessToken":…} first, then messages of the types ' +
        'payment, wallet and notification come.',
    )
    .setVersion('1')
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
}
