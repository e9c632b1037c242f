import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { INVARIANT_IDS, type InvariantId, type InvariantReport, type InvariantResult } from '#invariants';
import { Roles } from '#service-host';
import { CheckSystem } from './check-system.js';

class InvariantView implements InvariantResult {
  @ApiProperty({ enum: INVARIANT_IDS }) id!: InvariantId;
  @ApiProperty() holds!: boolean;
  @ApiProperty({ description: 'what must hold, as a sentence' }) says!: string;
  @ApiProperty({ type: [String], description: 'the first 20, with ids only' }) violations!: string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'how much was looked at, and how many violations there are',
  })
  counted!: Record<string, number>;
}

class InvariantReportView implements InvariantReport {
  @ApiProperty({ description: 'all of them hold' }) ok!: boolean;
  @ApiProperty({ format: 'date-time', description: 'the one moment that was looked at' }) checkedAt!: string;
  @ApiProperty({ description: 'false: what is under way is no violation' }) settled!: boolean;
  @ApiProperty() tookMillis!: number;
  @ApiProperty({ type: [InvariantView] }) results!: InvariantView[];
}

@ApiTags('operations')
@Roles('operator')
@Controller('api/ops')
export class InvariantsController {
  constructor(private readonly checkSystem: CheckSystem) {}

  /** Whether what must always hold does, over all services, at one moment of the running system. */
  @Get('invariants')
  @ApiOkResponse({ type: InvariantReportView })
  invariants(): Promise<InvariantReportView> {
    return this.checkSystem.run();
  }
}
