import { Module } from '@nestjs/common';
import { AttemptLimits } from './accounts/attempt-limits.js';
import { AuthController } from './accounts/auth.controller.js';
import { ChangeProfile } from './accounts/change-profile.js';
import { FindPeople } from './accounts/find-people.js';
import { FindUsers } from './accounts/find-users.js';
import { ConfirmPasswordReset } from './accounts/confirm-password-reset.js';
import { DeleteAccount } from './accounts/delete-account.js';
import { ExportAccount } from './accounts/export-account.js';
import { CheckPassword } from './accounts/check-password.js';
import { LogIn } from './accounts/log-in.js';
import { OpsUsersController } from './accounts/ops-users.controller.js';
import { Passwords } from './accounts/passwords.js';
import { ProfileController } from './accounts/profile.controller.js';
import { ReadProfile } from './accounts/read-profile.js';
import { RegisterUser } from './accounts/register-user.js';
import { SuspendUser } from './accounts/suspend-user.js';
import { ReopenAccount } from './accounts/reopen-account.js';
import { RequestPasswordReset } from './accounts/request-password-reset.js';
import { UsersController } from './accounts/users.controller.js';
import { AdminController } from './admin/admin.controller.js';
import { AdminSession } from './admin/admin-session.js';
import { ReadOverview } from './admin/read-overview.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DecideDeadLetter } from './dead-letters/decide-dead-letter.js';
import { TellDecision } from './dead-letters/tell-decision.effect.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiKeys } from './api-keys/api-keys.js';
import { Forwarder } from './forwarding/forwarder.js';
import { LandingController } from './landing/landing.controller.js';
import { CarryOutAction } from './money-actions/carry-out-action.effect.js';
import { DecideAction } from './money-actions/decide-action.js';
import { FindActions } from './money-actions/find-actions.js';
import { MoneyActionsController } from './money-actions/money-actions.controller.js';
import { RequestAction } from './money-actions/request-action.js';
import { LiveUpdates } from './live/live-updates.js';
import { OperationsController } from './operations/ops.controller.js';
import { WatchQueues } from './operations/watch-queues.js';
import { PublicApi } from './public-api/public-api.js';
import { AccessTokens } from './sessions/access-tokens.js';
import { EndSession } from './sessions/end-session.js';
import { LiveSessions } from './sessions/live-sessions.js';
import { PurgeSessions } from './sessions/purge-sessions.js';
import { RefreshSession } from './sessions/refresh-session.js';
import { StepUpTokens } from './sessions/step-up-tokens.js';
import { ShortNamesController } from './short-names/short-names.controller.js';
import { ReadSystemStatus } from './short-names/system-status.js';

@Module({
  controllers: [
    AuthController,
    ProfileController,
    ApiKeysController,
    UsersController,
    OperationsController,
    DeadLettersController,
    MoneyActionsController,
    OpsUsersController,
    ShortNamesController,
    LandingController,
    AdminController,
  ],
  providers: [
    AccessTokens,
    AdminSession,
    ApiKeys,
    AttemptLimits,
    CarryOutAction,
    ChangeProfile,
    CheckPassword,
    DecideAction,
    DecideDeadLetter,
    ConfirmPasswordReset,
    DeleteAccount,
    EndSession,
    FindActions,
    FindPeople,
    FindUsers,
    ExportAccount,
    Forwarder,
    LiveSessions,
    LiveUpdates,
    LogIn,
    Passwords,
    PublicApi,
    PurgeSessions,
    ReadOverview,
    ReadProfile,
    ReadSystemStatus,
    RefreshSession,
    RegisterUser,
    RequestAction,
    StepUpTokens,
    SuspendUser,
    TellDecision,
    ReopenAccount,
    RequestPasswordReset,
    WatchQueues,
  ],
  exports: [AccessTokens, ApiKeys, LiveSessions, StepUpTokens], // for the authenticator, which stands in the host's module
})
export class GatewayModule {}
