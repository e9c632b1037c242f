import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { unwrap } from '#kernel';
import { Refuses, User, type UserCaller } from '#service-host';
import { type MeterToken, ReadVends } from './read-vends.js';
import { OwnTokenView } from './tokens.controller.js';

class MeterTokenView extends OwnTokenView implements MeterToken {
  @ApiPropertyOptional({ example: 'R-7K3Q9ZPX4M2D', description: 'of the purchase' }) receiptNumber?: string;
}

class MeterTokens {
  @ApiProperty({ type: [MeterTokenView] }) items!: MeterTokenView[];
}

@ApiTags('meters')
@Controller('api/meters/:id/tokens')
export class MeterTokensController {
  constructor(private readonly readVends: ReadVends) {}

  /** The tokens of one's newest three purchases for a meter on one's list. Operators see their last four digits. */
  @Get()
  @ApiOkResponse({ type: MeterTokens })
  @Refuses('not_found')
  async list(@User() caller: UserCaller, @Param('id') id: string): Promise<MeterTokens> {
    return { items: unwrap(await this.readVends.ofMeter(caller, id)) };
  }
}
