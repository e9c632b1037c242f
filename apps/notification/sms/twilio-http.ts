import type { IncomingHttpHeaders } from 'node:http';
import type { Pool } from 'undici';
import type twilio from 'twilio';

type Request = Parameters<InstanceType<typeof twilio.RequestClient>['request']>[0];

/** The SDK's HTTP client for one call, over a shared pool: ends with the call's signal, and keeps the last headers. */
export class TwilioHttp {
  headers: IncomingHttpHeaders = {};

  constructor(
    private readonly pool: Pool,
    private readonly signal: AbortSignal,
  ) {}

  async request(
    request: Request,
  ): Promise<{ statusCode: number; body: string; headers: IncomingHttpHeaders }> {
    const url = new URL(request.uri);
    for (const [name, value] of fieldsOf(request.params)) url.searchParams.append(name, value);
    const { username = '', password = '' } = request;
    const { statusCode, headers, body } = await this.pool.request({
      method: request.method === 'post' ? 'POST' : 'GET',
      path: url.pathname + url.search,
      headers: {
        ...(request.headers as Record<string, string>),
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      },
      body: request.data === undefined ? null : new URLSearchParams(fieldsOf(request.data)).toString(),
      signal: this.signal,
    });
    this.headers = headers;
    return { statusCode, body: await body.text(), headers };
  }
}

function fieldsOf(data: unknown): [string, string][] {
  return Object.entries((data ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  );
}
