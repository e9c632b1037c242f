import { Injectable } from '@nestjs/common';

/** Rung when something about a meter is new, after its commit: whoever watches over the alerts looks at once. */
@Injectable()
export class AlertBell {
  private listener: (meterNumber: string) => void = () => undefined;

  ring(meterNumber: string): void {
    this.listener(meterNumber);
  }

  onRing(listener: (meterNumber: string) => void): void {
    this.listener = listener;
  }
}
