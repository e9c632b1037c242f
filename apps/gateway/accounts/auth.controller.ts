import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { unwrap } from '#kernel';
import { contextOf, Open, Refuses, User, type UserCaller } from '#service-host';
import { ACCESS_SECONDS, AccessTokens } from '../sessions/access-tokens.js';
import { STEP_UP_SECONDS, StepUpTokens } from '../sessions/step-up-tokens.js';
import { EndSession } from '../sessions/end-session.js';
import { RefreshSession } from '../sessions/refresh-session.js';
import {
  LoginBody,
  NewPasswordBody,
  PasswordResetBody,
  RefreshBody,
  RegisterBody,
  SignedInAnswer,
  StepUpAnswer,
  StepUpBody,
} from './accounts.dto.js';
import { CheckPassword } from './check-password.js';
import { ConfirmPasswordReset } from './confirm-password-reset.js';
import { LogIn } from './log-in.js';
import { RegisterUser, type SignedIn } from './register-user.js';
import { RequestPasswordReset } from './request-password-reset.js';

@ApiTags('accounts')
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly registerUser: RegisterUser,
    private readonly logIn: LogIn,
    private readonly refreshSession: RefreshSession,
    private readonly endSession: EndSession,
    private readonly requestPasswordReset: RequestPasswordReset,
    private readonly confirmPasswordReset: ConfirmPasswordReset,
    private readonly checkPassword: CheckPassword,
    private readonly tokens: AccessTokens,
    private readonly stepUps: StepUpTokens,
  ) {}

  /** Opens an account with a wallet, and signs in. */
  @Open()
  @Post('register')
  @ApiCreatedResponse({ type: SignedInAnswer })
  @Refuses('phone_taken')
  async register(@Body() body: RegisterBody, @Req() request: FastifyRequest): Promise<SignedInAnswer> {
    const context = contextOf(request.headers);
    return signedInAnswer(unwrap(await this.registerUser.run(body, request.ip, context)), this.tokens);
  }

  @Open()
  @Post('login')
  @HttpCode(200)
  @ApiOkResponse({ type: SignedInAnswer })
  @Refuses('invalid_credentials', 'account_suspended')
  async login(@Body() body: LoginBody, @Req() request: FastifyRequest): Promise<SignedInAnswer> {
    const context = contextOf(request.headers);
    return signedInAnswer(unwrap(await this.logIn.run(body, request.ip, context)), this.tokens);
  }

  /** A new pair of tokens; the refresh token that was used is dead after a few seconds. */
  @Open()
  @Post('refresh')
  @HttpCode(200)
  @ApiOkResponse({ type: SignedInAnswer })
  @Refuses('unauthorized')
  async refresh(@Body() body: RefreshBody, @Req() request: FastifyRequest): Promise<SignedInAnswer> {
    const refreshed = await this.refreshSession.run(body.refreshToken, contextOf(request.headers));
    return signedInAnswer(unwrap(refreshed), this.tokens);
  }

  /** Sends a code by SMS, if there is an account with this phone; the answer is the same if there is none. */
  @Open()
  @Post('password-reset')
  @HttpCode(202)
  @ApiAcceptedResponse()
  async requestReset(@Body() { phone }: PasswordResetBody, @Req() request: FastifyRequest): Promise<void> {
    unwrap(await this.requestPasswordReset.run(phone, request.ip, contextOf(request.headers)));
  }

  /** Sets a new password by the code of the SMS, and ends all sessions of the person. */
  @Open()
  @Post('password-reset/confirm')
  @HttpCode(204)
  @ApiNoContentResponse()
  @Refuses('reset_code_invalid')
  async confirmReset(@Body() body: NewPasswordBody, @Req() request: FastifyRequest): Promise<void> {
    unwrap(await this.confirmPasswordReset.run(body, request.ip, contextOf(request.headers)));
  }

  /** The password once more: what moves a large amount carries the answer's token in the header X-Step-Up. */
  @Post('step-up')
  @HttpCode(200)
  @ApiOkResponse({ type: StepUpAnswer })
  @Refuses('invalid_credentials')
  async stepUp(
    @Body() { password }: StepUpBody,
    @Req() request: FastifyRequest,
    @User() caller: UserCaller,
  ): Promise<StepUpAnswer> {
    const sessionId = sessionOf(request);
    unwrap(await this.checkPassword.run(password, request.ip, caller));
    return { stepUpToken: this.stepUps.issue(sessionId), expiresIn: STEP_UP_SECONDS };
  }

  /** Ends the session: its refresh token and its access tokens are dead at once. */
  @Post('logout')
  @HttpCode(204)
  @ApiNoContentResponse()
  async logout(@Req() request: FastifyRequest, @User() caller: UserCaller): Promise<void> {
    await this.endSession.run(sessionOf(request), caller);
  }
}

function sessionOf({ sessionId }: FastifyRequest): string {
  if (!sessionId) throw new Error('a signed-in request has a session');
  return sessionId;
}

export function signedInAnswer(
  { user, sessionId, refreshToken }: SignedIn,
  tokens: AccessTokens,
): SignedInAnswer {
  return {
    user: { id: user.id, name: user.name, phone: user.phone, role: user.role },
    wallet: { id: user.id },
    accessToken: tokens.issue(user.id, user.role, sessionId),
    refreshToken,
    expiresIn: ACCESS_SECONDS,
  };
}
