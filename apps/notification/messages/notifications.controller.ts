import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource, LessThan } from 'typeorm';
import {
  cursorId,
  type Page,
  pageOf,
  PageQuery,
  SETTINGS,
  unseal,
  User,
  type UserCaller,
} from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { SECRET, type Template } from '../templates/sms-templates.rules.js';
import { MessageRow } from './message.entity.js';
import type { MessageState } from './message.machine.js';

interface Notification {
  id: string;
  at: string;
  template: Template;
  text: string;
  state: MessageState;
}

@ApiTags('notifications')
@Controller('api/notifications')
export class NotificationsController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
  ) {}

  /** What was sent to the caller, newest first. */
  @Get()
  async list(@User() caller: UserCaller, @Query() query: PageQuery): Promise<Page<Notification>> {
    const rows = await this.dataSource.getRepository(MessageRow).find({
      where: { userId: caller.userId, id: LessThan(cursorId(query)) },
      order: { id: 'DESC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query.limit, (row) => this.view(row));
  }

  /** A secret is for the phone alone: whoever stole a session must not read the code for a new password here. */
  private view({ id, createdAt, template, body, state }: MessageRow): Notification {
    const text =
      SECRET.has(template) || body === '' ? '' : unseal(body, this.settings.CONTACT_SECRET, 'message');
    return { id, at: createdAt.toISOString(), template, text, state };
  }
}
