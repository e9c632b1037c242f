import { Module } from '@nestjs/common';
import { BillsController } from './bills/bills.controller.js';
import { CancelBill } from './bills/cancel-bill.js';
import { ChangeBill } from './bills/change-bill.js';
import { ClaimBill } from './bills/claim-bill.js';
import { ClaimsController } from './bills/claims.controller.js';
import { CreateBill } from './bills/create-bill.js';
import { FindBills } from './bills/find-bills.js';
import { FreeOrphanedClaims } from './bills/free-orphaned-claims.js';
import { OnPaymentCompleted } from './bills/on-payment-completed.js';
import { OnPaymentFailed } from './bills/on-payment-failed.js';
import { OnPaymentRefunded } from './bills/on-payment-refunded.js';
import { ElectricityController } from './electricity/electricity.controller.js';
import { VerifyPurchase } from './electricity/verify-purchase.js';
import { SoftwareStsIssuer } from './issuers/software-sts.issuer.js';
import { TokenIssuers } from './issuers/token-issuers.js';
import { IssueTokens } from './vends/issue-tokens.effect.js';
import { KeepTokens } from './vends/keep-tokens.js';
import { NoteDoubt } from './vends/note-doubt.js';
import { OnVendRequested } from './vends/on-vend-requested.js';
import { ReadVends } from './vends/read-vends.js';
import { RequestVend } from './vends/request-vend.js';
import { ResendTokens } from './vends/resend-tokens.js';
import { ResolveVend } from './vends/resolve-vend.js';
import { TokensController } from './vends/tokens.controller.js';
import { VendsController } from './vends/vends.controller.js';

const vends = [
  RequestVend,
  IssueTokens,
  NoteDoubt,
  KeepTokens,
  ReadVends,
  ResendTokens,
  ResolveVend,
  TokenIssuers,
  SoftwareStsIssuer,
];

@Module({
  controllers: [
    BillsController,
    ClaimsController,
    ElectricityController,
    OnPaymentCompleted,
    OnPaymentFailed,
    OnPaymentRefunded,
    OnVendRequested,
    TokensController,
    VendsController,
  ],
  providers: [
    CreateBill,
    FindBills,
    ChangeBill,
    CancelBill,
    ClaimBill,
    FreeOrphanedClaims,
    VerifyPurchase,
    ...vends,
  ],
})
export class BillingModule {}
