import { newId, type Result } from '#kernel';
import { forgetAttempts, type RunningService, type ServiceDefinition } from '#service-host';
import { AccountChanges1700000000002 } from './account-changes.migration.js';
import { AccountClosing } from './accounts/account-closing.entity.js';
import { AttemptTables1700000000110 } from './accounts/attempt-tables.migration.js';
import { createOperator as create, type NewAccount } from './accounts/create-operator.js';
import { PasswordReset } from './accounts/password-reset.entity.js';
import { Passwords } from './accounts/passwords.js';
import { UserRow } from './accounts/user.entity.js';
import { DeadLetterDecision } from './dead-letters/dead-letter-decision.entity.js';
import { ApiKeyRow } from './api-keys/api-key.entity.js';
import { ApiKeyTables1700000000002 } from './api-keys/api-key-tables.migration.js';
import { seedDemo } from './demo/seed-demo.js';
import { awaitServices } from './edge/await-services.js';
import { prepareGateway } from './edge/prepare-gateway.js';
import { gatewaySettings, type GatewaySettings, refuseInProduction } from './gateway-settings.js';
import { GatewayTables1700000000001 } from './gateway-tables.migration.js';
import { GatewayModule } from './gateway.module.js';
import { MoneyAction, MoneyActionKey } from './money-actions/money-action.entity.js';
import { Resolutions1700000000300 } from './money-actions/resolutions.migration.js';
import { OperatorTables1700000000100 } from './operator-tables.migration.js';
import { BearerAuthenticator } from './sessions/bearer-authenticator.js';
import { RefreshTokenRow } from './sessions/refresh-token.entity.js';
import { SessionRow } from './sessions/session.entity.js';

export type { GatewaySettings, NewAccount };

/** The only way in from outside: people and their sessions, limits, and the way to the other services. */
export const gatewayService: ServiceDefinition<GatewaySettings> = {
  name: 'gateway',
  module: GatewayModule,
  entities: [
    UserRow,
    SessionRow,
    RefreshTokenRow,
    PasswordReset,
    AccountClosing,
    ApiKeyRow,
    DeadLetterDecision,
    MoneyAction,
    MoneyActionKey,
  ],
  migrations: [
    GatewayTables1700000000001,
    ApiKeyTables1700000000002,
    AccountChanges1700000000002,
    OperatorTables1700000000100,
    AttemptTables1700000000110,
    Resolutions1700000000300,
  ],
  settings: gatewaySettings,
  refuse: refuseInProduction,
  authenticator: BearerAuthenticator,
  prepare: prepareGateway,
  tidyUp: ({ dataSource, clock }) => forgetAttempts(dataSource, clock.now()),
  beforeReady: awaitServices,
  seedDemo,
};

/** Makes an operator at a running gateway. Refusals: validation_failed, phone_taken. */
export function createOperator(
  { app, parts: { settings, requests } }: RunningService<GatewaySettings>,
  operator: NewAccount,
): Promise<Result<{ userId: string }>> {
  return create({ settings, requests, passwords: app.get(Passwords) }, operator, { correlationId: newId() });
}
