import { Body, Controller, Get, Header, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ServiceName, SERVICES } from '#contracts';
import { Clock, Problem, unwrap } from '#kernel';
import { contextOf, Open } from '#service-host';
import { LogIn } from '../accounts/log-in.js';
import { DecideDeadLetter } from '../dead-letters/decide-dead-letter.js';
import { DecideAction } from '../money-actions/decide-action.js';
import { EndSession } from '../sessions/end-session.js';
import { queuesPage, signInPage } from './admin-page.js';
import { type AdminCaller, AdminSession } from './admin-session.js';
import { ReadOverview } from './read-overview.js';

/** A form as a browser sent it: any text, or the same field several times. */
type Form = Record<string, unknown> | undefined;

const PAGE = '/admin/queues';

/**
 * The operators' page. It is made here, whole; its forms come back here and end in a redirect, so that it works
 * without scripts and a reload repeats nothing. `@Open`, because its sign-in is its own (`AdminSession`).
 */
@ApiExcludeController()
@Open()
@Controller('admin')
export class AdminController {
  constructor(
    private readonly session: AdminSession,
    private readonly overview: ReadOverview,
    private readonly logIn: LogIn,
    private readonly endSession: EndSession,
    private readonly decideDeadLetter: DecideDeadLetter,
    private readonly decideAction: DecideAction,
    private readonly clock: Clock,
  ) {}

  @Get('queues')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async page(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query('said') said: unknown,
  ): Promise<string> {
    const word = textOf(said);
    const caller = await this.session.caller(request);
    if (!caller) return signInPage(word);
    this.session.open(request, reply, caller.userId, caller.sessionId);
    return queuesPage(await this.overview.run(caller), caller, this.clock.now().toISOString(), word);
  }

  @Post('sign-in')
  async signIn(
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await answer(reply, async () => {
      this.session.refuseOtherSites(request);
      const credentials = {
        phone: textOf(form?.phone).slice(0, 40),
        password: textOf(form?.password).slice(0, 200),
      };
      const context = contextOf(request.headers);
      const { user, sessionId } = unwrap(await this.logIn.run(credentials, request.ip, context));
      if (user.role !== 'operator') {
        await this.endSession.run(sessionId, context);
        throw new Problem('forbidden');
      }
      this.session.open(request, reply, user.id, sessionId);
    });
  }

  @Post('sign-out')
  signOut(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.act(form, request, reply, async (caller) => {
      await this.endSession.run(caller.sessionId, caller);
      this.session.close(request, reply);
    });
  }

  @Post('dead-letters/:id/retry')
  retry(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.act(form, request, reply, async (caller) => {
      unwrap(await this.decideDeadLetter.run(id, { action: 'retry' }, caller));
      return 'retried';
    });
  }

  @Post('dead-letters/:id/discard')
  discard(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.act(form, request, reply, async (caller) => {
      const service = SERVICES.find((it): it is ServiceName => it === form?.service);
      const order = { action: 'discard', reason: reasonOf(form), service } as const;
      unwrap(await this.decideDeadLetter.run(id, order, caller));
      return 'discarded';
    });
  }

  @Post('approvals/:id/approve')
  approve(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.act(form, request, reply, async (caller) => {
      unwrap(await this.decideAction.approve(id, caller));
      return 'approved';
    });
  }

  @Post('approvals/:id/reject')
  reject(
    @Param('id') id: string,
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.act(form, request, reply, async (caller) => {
      unwrap(await this.decideAction.reject(id, reasonOf(form), caller));
      return 'rejected';
    });
  }

  /** What a form of the page asks for, once it is certain that an operator sent it from there. */
  private act(
    form: Form,
    request: FastifyRequest,
    reply: FastifyReply,
    work: (caller: AdminCaller) => Promise<string | void>,
  ): Promise<void> {
    return answer(reply, async () => work(await this.session.sender(request, form?.csrf)));
  }
}

/** Back to the page, with a word about what became of it. A form of another site gets the problem itself. */
async function answer(reply: FastifyReply, work: () => Promise<string | void>): Promise<void> {
  let said: string | void;
  try {
    said = await work();
  } catch (error) {
    if (!(error instanceof Problem) || (error.code === 'forbidden' && error.detail)) throw error;
    said = error.code;
  }
  void reply.header('cache-control', 'no-store').redirect(said ? `${PAGE}?said=${said}` : PAGE, 303);
}

function reasonOf(form: Form): string {
  const reason = textOf(form?.reason).trim();
  if (reason.length >= 3 && reason.length <= 300) return reason;
  throw new Problem('validation_failed', 'say why');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
