import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  Equals,
  IsBoolean,
  IsEmail,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { Role } from '#service-host';
import { ACCESS_SECONDS } from '../sessions/access-tokens.js';
import { STEP_UP_SECONDS } from '../sessions/step-up-tokens.js';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from './password.rules.js';

const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
/** May be left out, but not null. */
const IsGiven = () => ValidateIf((_, value) => value !== undefined);
const NAME = /^[^\p{Cc}\p{Cf}]+$/u;
const LANGUAGE = /^[a-z]{2,3}(-[A-Z]{2})?$/;
const REGISTER_ROLES = ['household', 'institution'] as const;

export class RegisterBody {
  @ApiProperty({ example: 'Amina Bello' })
  @Trimmed()
  @IsString()
  @Length(1, 100)
  @Matches(NAME, { message: 'name must be one line of text' })
  name!: string;

  @ApiProperty({
    example: '+2348012345678',
    description: "E.164, or a national number of the deployment's country",
  })
  @IsString()
  @MaxLength(40)
  phone!: string;

  @ApiProperty({
    minLength: SHORTEST_PASSWORD,
    maxLength: LONGEST_PASSWORD,
    example: 'a long sentence is best',
  })
  @IsString()
  @MaxLength(LONGEST_PASSWORD)
  password!: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string;

  @ApiPropertyOptional({ enum: REGISTER_ROLES, default: 'household' })
  @IsOptional()
  @IsIn(REGISTER_ROLES)
  role?: (typeof REGISTER_ROLES)[number];

  @ApiPropertyOptional({ description: 'with the role institution' })
  @IsOptional()
  @Trimmed()
  @IsString()
  @Length(1, 200)
  @Matches(NAME, { message: 'institutionName must be one line of text' })
  institutionName?: string;

  @ApiPropertyOptional({ example: 'en', default: 'en', description: 'of the messages, BCP 47' })
  @IsOptional()
  @Matches(LANGUAGE, { message: 'language must be a code such as en or en-NG' })
  language?: string;
}

export class LoginBody {
  @ApiProperty({ example: '+2348010000001' })
  @IsString()
  @MaxLength(40)
  phone!: string;

  @ApiProperty()
  @IsString()
  @MaxLength(LONGEST_PASSWORD)
  password!: string;
}

export class RefreshBody {
  @ApiProperty()
  @IsString()
  @MaxLength(200)
  refreshToken!: string;
}

export class PasswordResetBody {
  @ApiProperty({ example: '+2348010000001' })
  @IsString()
  @MaxLength(40)
  phone!: string;
}

export class NewPasswordBody extends PasswordResetBody {
  @ApiProperty({ example: '042137', description: 'six digits, from the SMS' })
  @IsString()
  @MaxLength(20)
  code!: string;

  @ApiProperty({ minLength: SHORTEST_PASSWORD, maxLength: LONGEST_PASSWORD })
  @IsString()
  @MaxLength(LONGEST_PASSWORD)
  password!: string;
}

export class StepUpBody {
  @ApiProperty()
  @IsString()
  @MaxLength(LONGEST_PASSWORD)
  password!: string;
}

export class StepUpAnswer {
  @ApiProperty({ description: 'for the header X-Step-Up, in this session alone' }) stepUpToken!: string;
  @ApiProperty({ example: STEP_UP_SECONDS, description: 'seconds until it ends' }) expiresIn!: number;
}

export class DeleteAccountBody {
  @ApiProperty({ description: 'once more, so that nobody else does it' })
  @IsString()
  @MaxLength(LONGEST_PASSWORD)
  password!: string;
}

export class UserAnswer {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ example: '+2348012345678' }) phone!: string;
  @ApiProperty({ enum: ['household', 'institution', 'operator'] }) role!: Role;
}

export class WalletReference {
  @ApiProperty({ format: 'uuid' }) id!: string;
}

export class SignedInAnswer {
  @ApiProperty() user!: UserAnswer;
  @ApiProperty() wallet!: WalletReference;
  @ApiProperty({ description: 'for the header Authorization: Bearer' }) accessToken!: string;
  @ApiProperty({ description: 'to be used once, for the next pair' }) refreshToken!: string;
  @ApiProperty({ example: ACCESS_SECONDS, description: 'seconds until the access token ends' })
  expiresIn!: number;
}

export class NotificationsAnswer {
  @ApiProperty() bills!: boolean;
  @ApiProperty() payments!: boolean;
  @ApiProperty() wallet!: boolean;
}

export class ProfileAnswer extends UserAnswer {
  @ApiProperty({ type: String, nullable: true }) email!: string | null;
  @ApiProperty({ type: String, nullable: true }) institutionName!: string | null;
  @ApiProperty({ example: 'en' }) language!: string;
  @ApiProperty({ description: 'of what one is told by SMS' }) notifications!: NotificationsAnswer;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'the phone has sent STOP, so no SMS reaches it; null while that is not known',
  })
  smsOptedOut!: boolean | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class NotificationsBody {
  @ApiPropertyOptional() @IsGiven() @IsBoolean() bills?: boolean;
  @ApiPropertyOptional() @IsGiven() @IsBoolean() payments?: boolean;
  @ApiPropertyOptional() @IsGiven() @IsBoolean() wallet?: boolean;
}

export class ProfileBody {
  @ApiPropertyOptional()
  @IsGiven()
  @Trimmed()
  @IsString()
  @Length(1, 100)
  @Matches(NAME, { message: 'name must be one line of text' })
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'null takes it away' })
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  @ApiPropertyOptional({ example: 'en' })
  @IsGiven()
  @Matches(LANGUAGE, { message: 'language must be a code such as en or en-NG' })
  language?: string;

  @ApiPropertyOptional()
  @IsGiven()
  @ValidateNested()
  @Type(() => NotificationsBody)
  notifications?: NotificationsBody;

  @ApiPropertyOptional({
    enum: [false],
    description: 'false, after START was sent from the phone: SMS are sent again',
  })
  @IsGiven()
  @Equals(false, { message: 'smsOptedOut can only be set to false; to opt out, send STOP' })
  smsOptedOut?: false;
}
