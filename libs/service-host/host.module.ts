import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { Clock } from '#kernel';
import { EffectRunner, Inbox } from '#messaging';
import { UnitOfWork } from '#persistence';
import { Authenticator, CallerGuard } from './caller.guard.js';
import { HealthController } from './health.controller.js';
import { InternalClient } from './internal-client.js';
import { LOG } from './log.js';
import { Metrics } from './metrics.js';
import { OpsController } from './ops.controller.js';
import { Readiness } from './readiness.js';
import type { ServiceParts } from './run-service.js';
import { PARTS } from './service-parts.js';
import { SETTINGS } from './settings.js';

/** What every service finds in its injector. */
@Module({})
export class HostModule {
  static around(service: Type, parts: ServiceParts, authenticator: Type<Authenticator>): DynamicModule {
    const providers = [
      { provide: PARTS, useValue: parts },
      { provide: SETTINGS, useValue: parts.settings },
      { provide: LOG, useValue: parts.log },
      { provide: Clock, useValue: parts.clock },
      { provide: Metrics, useValue: parts.metrics },
      { provide: DataSource, useValue: parts.dataSource },
      { provide: UnitOfWork, useValue: parts.requests },
      { provide: EffectRunner, useValue: parts.effects },
      { provide: Inbox, useValue: parts.inbox },
      { provide: InternalClient, useValue: parts.client },
      { provide: Readiness, useValue: parts.readiness },
    ];
    return {
      module: HostModule,
      global: true,
      imports: [service],
      controllers: [HealthController, OpsController],
      providers: [
        ...providers,
        { provide: Authenticator, useClass: authenticator },
        { provide: APP_GUARD, useClass: CallerGuard },
      ],
      exports: providers.map(({ provide }) => provide),
    };
  }
}
