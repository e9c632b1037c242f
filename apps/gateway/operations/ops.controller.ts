import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Roles, User, type UserCaller } from '#service-host';
import { type DeadLetters, type WatchedQueue, WatchQueues } from './watch-queues.js';

@ApiTags('operations')
@Roles('operator')
@Controller('api/ops')
export class OperationsController {
  constructor(private readonly watchQueues: WatchQueues) {}

  /** What waits in every service: events not yet on the bus, retries, dead letters, outside calls. */
  @Get('queues')
  async queues(@User() caller: UserCaller): Promise<{ items: WatchedQueue[] }> {
    return { items: await this.watchQueues.queues(caller) };
  }

  /** Events that were given up or could not be read, of all services, newest first; at most 200 of each. */
  @Get('dead-letters')
  deadLetters(@User() caller: UserCaller): Promise<DeadLetters> {
    return this.watchQueues.deadLetters(caller);
  }
}
