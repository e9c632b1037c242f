import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TIMELINE_STEPS, type TimelineStep } from './timeline.rules.js';

/** One line of a payment's story. */
export class TimelineView implements TimelineStep {
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ enum: TIMELINE_STEPS }) step!: TimelineStep['step'];
  @ApiProperty() text!: string;
  @ApiPropertyOptional() next?: string;
  @ApiPropertyOptional({ format: 'date-time' }) nextBy?: string;
}
