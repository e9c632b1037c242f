import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { type StartedSession, startSession } from '../sessions/start-session.js';
import { AttemptLimits } from './attempt-limits.js';
import { checkPassword } from './password.rules.js';
import { Passwords } from './passwords.js';
import { readPhone } from './phone.rules.js';
import { storeUser } from './store-user.js';
import { UserRow } from './user.entity.js';

export interface Registration {
  name: string;
  phone: string;
  password: string;
  email?: string;
  role?: 'household' | 'institution';
  institutionName?: string;
  language?: string;
}

export interface SignedIn extends StartedSession {
  user: UserRow;
}

@Injectable()
export class RegisterUser {
  constructor(
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
    private readonly dataSource: DataSource,
    private readonly requests: UnitOfWork<Tx>,
    private readonly passwords: Passwords,
    private readonly limits: AttemptLimits,
  ) {}

  /** A new account, signed in. `address` is where the request came from. Refusals: validation_failed, phone_taken, rate_limited. */
  async run(registration: Registration, address: string, context: WorkContext): Promise<Result<SignedIn>> {
    const free = await this.limits.beforeRegistration(address);
    if (!free.ok) return free;
    const phone = readPhone(registration.phone, this.settings.PHONE_COUNTRY);
    if (!phone.ok) return phone;
    const password = checkPassword(registration.password, phone.value, this.settings.WATTLINE_MODE);
    if (!password.ok) return password;
    if (registration.institutionName && registration.role !== 'institution') return refuse(noInstitution());
    const users = this.dataSource.getRepository(UserRow);
    if (await users.existsBy({ phone: phone.value })) return refuse(new Problem('phone_taken')); // saves the hashing
    const passwordHash = await this.passwords.hash(password.value);
    const { CONTACT_SECRET, SESSION_DAYS } = this.settings;
    const { role = 'household' } = registration;
    return this.requests.run(context, async (tx) => {
      const user = await storeUser(
        tx,
        { ...registration, role, phone: phone.value, passwordHash },
        CONTACT_SECRET,
      );
      if (!user) return refuse(new Problem('phone_taken'));
      return ok({ user, ...startSession(tx, user.id, SESSION_DAYS) });
    });
  }
}

function noInstitution(): Problem {
  const detail = 'institutionName belongs to the role institution';
  return new Problem('validation_failed', detail, [{ detail, pointer: '#/institutionName' }]);
}
