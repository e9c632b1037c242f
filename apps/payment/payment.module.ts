import { Module } from '@nestjs/common';
import { ClaimsController } from './claims/claims.controller.js';
import { SettleClaim } from './claims/settle-claim.js';
import { FindInDoubt } from './in-doubt/find-in-doubt.js';
import { OpsPaymentsController } from './in-doubt/ops-payments.controller.js';
import { ClosePerson } from './closings/close-person.js';
import { PeopleController } from './closings/people.controller.js';
import { AcceptPayment } from './payments/accept-payment.js';
import { OnFundsHeld } from './payments/on-funds-held.js';
import { OnFundsRefused } from './payments/on-funds-refused.js';
import { PaymentsController } from './payments/payments.controller.js';
import { ReadPayments } from './payments/read-payments.js';
import { VendController } from './payments/vend.controller.js';
import { RefundPayment } from './refunds/refund-payment.js';
import { RefundsController } from './refunds/refunds.controller.js';
import { TopUpsController } from './top-ups/top-ups.controller.js';
import { TransfersController } from './transfers/transfers.controller.js';
import { FetchVend } from './vends/fetch-vend.js';
import { OnTokensIssued } from './vends/on-tokens-issued.js';
import { OnVendFailed } from './vends/on-vend-failed.js';
import { OnVendInDoubt } from './vends/on-vend-in-doubt.js';

@Module({
  controllers: [
    PaymentsController,
    VendController,
    TopUpsController,
    TransfersController,
    ClaimsController,
    RefundsController,
    OpsPaymentsController,
    PeopleController,
    OnFundsHeld,
    OnFundsRefused,
    OnTokensIssued,
    OnVendFailed,
    OnVendInDoubt,
  ],
  providers: [AcceptPayment, ClosePerson, FetchVend, FindInDoubt, ReadPayments, RefundPayment, SettleClaim],
})
export class PaymentModule {}
