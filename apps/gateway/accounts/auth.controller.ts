import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { unwrap } from '#kernel';
import { contextOf, Open, Refuses, User, type UserCaller } from '#service-host';
import { ACCESS_SECONDS, AccessTokens } from '../sessions/access-tokens.js';
import { EndSession } from '../sessions/end-session.js';
import { RefreshSession } from '../sessions/refresh-session.js';
import { LoginBody, RefreshBody, RegisterBody, SignedInAnswer } from './accounts.dto.js';
import { LogIn } from './log-in.js';
import { RegisterUser, type SignedIn } from './register-user.js';

@ApiTags('accounts')
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly registerUser: RegisterUser,
    private readonly logIn: LogIn,
    private readonly refreshSession: RefreshSession,
    private readonly endSession: EndSession,
    private readonly tokens: AccessTokens,
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

  /** Ends the session: its refresh token and its access tokens are dead at once. */
  @Post('logout')
  @HttpCode(204)
  @ApiNoContentResponse()
  async logout(@Req() request: FastifyRequest, @User() caller: UserCaller): Promise<void> {
    if (!request.sessionId) throw new Error('a signed-in request has a session');
    await this.endSession.run(request.sessionId, caller);
  }
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
