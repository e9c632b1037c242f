import { Module } from '@nestjs/common';
import { CheckSystem } from './invariants/check-system.js';
import { InvariantsController } from './invariants/invariants.controller.js';
import { OnAnyEvent } from './trail/on-any-event.js';
import { TrailController } from './trail/trail.controller.js';
import { VerifyTrail } from './trail/verify-trail.js';

@Module({
  controllers: [OnAnyEvent, TrailController, InvariantsController],
  providers: [VerifyTrail, CheckSystem],
})
export class AuditModule {}
