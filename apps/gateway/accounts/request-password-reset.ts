import { randomInt } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PasswordResetRequested } from '#contracts';
import type { Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { LOG, type Log, seal, SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { AttemptLimits } from './attempt-limits.js';
import { PasswordReset } from './password-reset.entity.js';
import { readPhone } from './phone.rules.js';
import { CODE_MILLIS, hashOfCode, oneMoreCode } from './reset-code.rules.js';
import { UserRow } from './user.entity.js';

/** Sends a code to a phone, if somebody has an account with it. */
@Injectable()
export class RequestPasswordReset implements OnModuleDestroy {
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
    private readonly dataSource: DataSource,
    private readonly requests: UnitOfWork<Tx>,
    private readonly limits: AttemptLimits,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * Answers before it looks whether the phone is known, so that neither the answer nor its time tells. Who asks
   * too often for one phone hears the same, and no SMS is sent. Refusal: rate_limited, for the address alone.
   */
  async run(text: string, address: string, context: WorkContext): Promise<Result<void>> {
    const free = await this.limits.beforeReset(address);
    if (!free.ok) return free;
    const work = this.send(text, context)
      .catch((error: unknown) =>
        this.log.error({ err: error, correlationId: context.correlationId }, 'no reset code was made'),
      )
      .finally(() => this.underWay.delete(work));
    this.underWay.add(work);
    return free;
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async send(text: string, context: WorkContext): Promise<void> {
    const phone = readPhone(text, this.settings.PHONE_COUNTRY);
    if (!phone.ok) return;
    const user = await this.dataSource.getRepository(UserRow).findOneBy({ phone: phone.value });
    if (!user) return;
    await this.requests.run(context, (tx) => this.newCode(user.id, tx));
  }

  private async newCode(userId: string, tx: Tx): Promise<void> {
    if (!(await tx.load(UserRow, userId))) return;
    const none = { userId, codeHash: null, expiresAt: tx.now, tries: 0, sends: [] };
    await tx.insertIfAbsent(PasswordReset, none);
    const reset = await tx.get(PasswordReset, userId);
    const sends = oneMoreCode(reset.sends, tx.now);
    if (!sends) return;
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const { CONTACT_SECRET: secret } = this.settings;
    const expiresAt = new Date(tx.now.getTime() + CODE_MILLIS);
    tx.set(reset, { codeHash: hashOfCode(code, userId, secret), expiresAt, tries: 0, sends });
    tx.publish(PasswordResetRequested, userId, {
      userId,
      sealedCode: seal(code, secret, 'reset code'),
      expiresAt: expiresAt.toISOString(),
    });
  }
}
