import { createHmac, randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { codeOf, RANDOM_DIGITS } from './voucher-code.rules.js';

/** A code in the clear: on its way to whoever hands it out, and nowhere else. */
export interface ShownCode {
  /** The voucher's number on the sheet. */
  serial: number;
  code: string;
}

const HALF = RANDOM_DIGITS / 2;

/** Makes codes, and finds them again by their HMAC. */
@Injectable()
export class VoucherCodes {
  constructor(@Inject(SETTINGS) private readonly settings: BillingSettings) {}

  fresh(): string {
    const half = () => String(randomInt(10 ** HALF)).padStart(HALF, '0');
    return codeOf(half() + half());
  }

  /** Without the secret nobody can try all codes against the table. */
  hashOf(code: string): string {
    return createHmac('sha256', this.settings.TOKEN_SECRET).update(`voucher ${code}`).digest('base64url');
  }
}
