import { Module } from '@nestjs/common';
import { OnAnyEvent } from './trail/on-any-event.js';
import { TrailController } from './trail/trail.controller.js';
import { VerifyTrail } from './trail/verify-trail.js';

@Module({ controllers: [OnAnyEvent, TrailController], providers: [VerifyTrail] })
export class AuditModule {}
