import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Result } from '#kernel';
import { AttemptCounts, HOUR_SECONDS, SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';

/** How often one may try: a right password takes its count back. */
@Injectable()
export class AttemptLimits {
  private readonly phones: AttemptCounts;
  private readonly addresses: AttemptCounts;
  private readonly registrations: AttemptCounts;
  private readonly resets: AttemptCounts;

  constructor(@Inject(SETTINGS) settings: GatewaySettings, dataSource: DataSource) {
    const limit = (name: string, atMost: number, windowSeconds: number) =>
      new AttemptCounts(dataSource, settings.CONTACT_SECRET, {
        ...{ name, atMost, windowSeconds },
        refusal: 'too many attempts, wait a while',
      });
    const window = settings.LOGIN_WINDOW_SECONDS;
    this.phones = limit('phone', settings.LOGIN_ATTEMPTS, window);
    this.addresses = limit('address', settings.LOGIN_ATTEMPTS_PER_ADDRESS, window);
    this.registrations = limit('registration', settings.REGISTRATIONS_PER_ADDRESS, HOUR_SECONDS);
    this.resets = limit('reset', settings.RESETS_PER_ADDRESS, HOUR_SECONDS);
  }

  /** Counts an attempt to sign in. Refusal: rate_limited. */
  async beforeLogin(phone: string, address: string): Promise<Result<void>> {
    const free = await this.addresses.take(address);
    return free.ok ? this.phones.take(phone) : free;
  }

  async afterLogin(phone: string, address: string): Promise<void> {
    await Promise.all([this.phones.forget(phone), this.addresses.giveBack(address)]);
  }

  /** Counts a registration, whatever comes of it. Refusal: rate_limited. */
  beforeRegistration(address: string): Promise<Result<void>> {
    return this.registrations.take(address);
  }

  /** Counts a request for a code: each may cost an SMS. Refusal: rate_limited. */
  beforeReset(address: string): Promise<Result<void>> {
    return this.resets.take(address);
  }

  /** Counts a code that is tried as a password is. Refusal: rate_limited. */
  beforeConfirm(address: string): Promise<Result<void>> {
    return this.addresses.take(address);
  }

  /** Whoever set a new password may sign in, however often the old one was guessed. */
  async afterReset(phone: string): Promise<void> {
    await this.phones.forget(phone);
  }
}
