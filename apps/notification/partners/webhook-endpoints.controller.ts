import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsString,
  Matches,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { DataSource, LessThan } from 'typeorm';
import { Clock, isId, Problem, unwrap } from '#kernel';
import { cursorId, type Page, pageOf, PageQuery, Refuses, User, type UserCaller } from '#service-host';
import { ChangeWebhookEndpoint } from './change-webhook-endpoint.js';
import { CreateWebhookEndpoint } from './create-webhook-endpoint.js';
import { ReplayDelivery } from './replay-delivery.js';
import { WebhookDeliveryRow } from './webhook-delivery.entity.js';
import {
  deliveryView,
  endpointView,
  WebhookDeliveryPage,
  WebhookDeliveryView,
  WebhookEndpointPage,
  WebhookEndpointView,
  WebhookEndpointWithSecret,
} from './webhook-endpoint-view.js';
import { WebhookEndpointRow } from './webhook-endpoint.entity.js';
import { type Subscribed, WEBHOOK_TYPES } from './webhook-events.rules.js';

const SUBSCRIBED = ['*', ...WEBHOOK_TYPES];
const MayBeAbsent = () => ValidateIf((_, value) => value !== undefined);

class NewWebhookEndpointBody {
  @ApiProperty({ example: 'https://partner.example/wattline', maxLength: 2000 })
  @IsString()
  @MaxLength(2000)
  url!: string;

  @ApiProperty({ isArray: true, enum: SUBSCRIBED, description: 'a star stands for all' })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @IsIn(SUBSCRIBED, { each: true, message: `each of events must be one of ${SUBSCRIBED.join(', ')}` })
  events!: Subscribed[];

  @ApiProperty({ required: false, maxLength: 200 })
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  @Matches(/^\P{Cc}*$/u, { message: 'description must be one line of text' })
  description?: string;

  @ApiProperty({ required: false, enum: ['own', 'all'], default: 'own', description: 'all: for operators' })
  @MayBeAbsent()
  @IsIn(['own', 'all'])
  scope?: 'own' | 'all';
}

@ApiTags('partners')
@Controller('api/webhook-endpoints')
export class WebhookEndpointsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly createEndpoint: CreateWebhookEndpoint,
    private readonly changeEndpoint: ChangeWebhookEndpoint,
    private readonly replayDelivery: ReplayDelivery,
  ) {}

  /** Tells a server of the caller's about the caller's events, signed as Standard Webhooks 1.0.0. */
  @Post()
  @ApiCreatedResponse({ type: WebhookEndpointWithSecret })
  @Refuses('forbidden', 'conflict')
  async create(
    @User() caller: UserCaller,
    @Body() body: NewWebhookEndpointBody,
  ): Promise<WebhookEndpointWithSecret> {
    const { row, secret } = unwrap(await this.createEndpoint.run(caller, body));
    return { ...endpointView(row, this.clock.now()), secret };
  }

  /** One's own, newest first. */
  @Get()
  @ApiOkResponse({ type: WebhookEndpointPage })
  async list(@User() caller: UserCaller, @Query() query: PageQuery): Promise<Page<WebhookEndpointView>> {
    const rows = await this.dataSource.getRepository(WebhookEndpointRow).find({
      where: { ownerId: caller.userId, id: LessThan(cursorId(query)) },
      order: { id: 'DESC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query.limit, (row) => endpointView(row, this.clock.now()));
  }

  @Get(':id')
  @ApiOkResponse({ type: WebhookEndpointView })
  async one(@User() caller: UserCaller, @Param('id') id: string): Promise<WebhookEndpointView> {
    return endpointView(await this.own(caller, id), this.clock.now());
  }

  /** Nothing more is sent to it, not even what was under way. */
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async delete(@User() caller: UserCaller, @Param('id') id: string): Promise<void> {
    unwrap(await this.changeEndpoint.delete(caller, id));
  }

  /** A new secret. For 24 hours the old one signs beside it. */
  @Post(':id/rotate')
  @HttpCode(200)
  @ApiOkResponse({ type: WebhookEndpointWithSecret })
  async rotate(@User() caller: UserCaller, @Param('id') id: string): Promise<WebhookEndpointWithSecret> {
    const { row, secret } = unwrap(await this.changeEndpoint.rotate(caller, id));
    return { ...endpointView(row, this.clock.now()), secret };
  }

  /** Switches a disabled endpoint on again; what still waited for it is sent. */
  @Post(':id/enable')
  @HttpCode(200)
  @ApiOkResponse({ type: WebhookEndpointView })
  async enable(@User() caller: UserCaller, @Param('id') id: string): Promise<WebhookEndpointView> {
    return endpointView(unwrap(await this.changeEndpoint.enable(caller, id)), this.clock.now());
  }

  /** What was sent to it and what became of it, newest first; kept for 30 days. */
  @Get(':id/deliveries')
  @ApiOkResponse({ type: WebhookDeliveryPage })
  async deliveries(
    @User() caller: UserCaller,
    @Param('id') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<WebhookDeliveryView>> {
    await this.own(caller, id);
    const rows = await this.dataSource.getRepository(WebhookDeliveryRow).find({
      where: { endpointId: id, id: LessThan(cursorId(query)) },
      order: { id: 'DESC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query.limit, deliveryView);
  }

  /** Sends a delivery again, under the same `webhook-id`. */
  @Post(':id/deliveries/:deliveryId/replay')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: WebhookDeliveryView })
  @Refuses('conflict')
  async replay(
    @User() caller: UserCaller,
    @Param('id') id: string,
    @Param('deliveryId') deliveryId: string,
  ): Promise<WebhookDeliveryView> {
    return deliveryView(unwrap(await this.replayDelivery.run(caller, id, deliveryId)));
  }

  private async own(caller: UserCaller, id: string): Promise<WebhookEndpointRow> {
    const row = isId(id)
      ? await this.dataSource.getRepository(WebhookEndpointRow).findOneBy({ id, ownerId: caller.userId })
      : null;
    if (!row) throw new Problem('not_found');
    return row;
  }
}
