import type { OpenAPIObject } from '@nestjs/swagger';

/** Whether this service takes requests yet, and what it offers. */
export class Readiness {
  private ready = false;
  /** The service's OpenAPI document; the gateway puts the whole system's in its place. */
  openApi: () => OpenAPIObject | undefined | Promise<OpenAPIObject> = () => undefined;

  get isReady(): boolean {
    return this.ready;
  }

  open(): void {
    this.ready = true;
  }

  close(): void {
    this.ready = false;
  }
}
