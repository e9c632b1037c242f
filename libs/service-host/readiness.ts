import type { OpenAPIObject } from '@nestjs/swagger';

/** Whether this service takes requests yet, and what it offers. */
export class Readiness {
  private ready = false;
  openApi: OpenAPIObject | undefined;

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
