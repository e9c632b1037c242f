import { ApiProperty } from '@nestjs/swagger';
import { IsDefined, IsIn, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { PageQuery } from '#service-host';

/** May be left out; null is not leaving out. */
export const MayBeAbsent = () => ValidateIf((_, value) => value !== undefined);

const MAX_DESCRIPTION = 200;
const ONE_LINE = /^\P{Cc}*$/u;
const oneLine = { message: 'description must be one line of text' };

export const AMOUNT = {
  oneOf: [{ type: 'string' }, { type: 'number' }],
  description: 'major units; above zero, at most 10,000,000',
  example: '100.00',
};

export class CreateBillBody {
  @ApiProperty(AMOUNT)
  @IsDefined()
  amount!: string | number;

  @ApiProperty({ required: false, example: 'NGN' })
  @MayBeAbsent()
  @IsString()
  currency?: string;

  @ApiProperty({ format: 'date', description: 'today or later' })
  @IsString()
  dueDate!: string;

  @ApiProperty({
    required: false,
    format: 'uuid',
    description: 'the caller; somebody else only by an operator',
  })
  @MayBeAbsent()
  @IsString()
  customerId?: string;

  @ApiProperty({ required: false, maxLength: MAX_DESCRIPTION })
  @MayBeAbsent()
  @IsString()
  @MaxLength(MAX_DESCRIPTION)
  @Matches(ONE_LINE, oneLine)
  description?: string;

  @ApiProperty({ required: false, example: '04123456784' })
  @MayBeAbsent()
  @Matches(/^\d{5,20}$/, { message: 'meterNumber must be 5 to 20 digits' })
  meterNumber?: string;
}

export class ChangeBillBody {
  @ApiProperty({ ...AMOUNT, required: false })
  @MayBeAbsent()
  @IsDefined()
  amount?: string | number;

  @ApiProperty({ required: false, example: 'NGN' })
  @MayBeAbsent()
  @IsString()
  currency?: string;

  @ApiProperty({ required: false, format: 'date' })
  @MayBeAbsent()
  @IsString()
  dueDate?: string;

  @ApiProperty({ required: false, maxLength: MAX_DESCRIPTION, description: 'an empty one removes it' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(MAX_DESCRIPTION)
  @Matches(ONE_LINE, oneLine)
  description?: string;
}

export const BILL_FILTERS = ['unpaid', 'paid', 'cancelled', 'overdue'] as const;

export class BillsQuery extends PageQuery {
  @ApiProperty({
    required: false,
    enum: BILL_FILTERS,
    description: 'overdue are the unpaid ones past their due date; a quote that expired is in neither',
  })
  @MayBeAbsent()
  @IsIn(BILL_FILTERS)
  status?: (typeof BILL_FILTERS)[number];

  @ApiProperty({ required: false, format: 'uuid', description: 'operators only, or oneself' })
  @MayBeAbsent()
  @IsString()
  customerId?: string;
}
