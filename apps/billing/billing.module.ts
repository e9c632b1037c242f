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
import { MeterGuesses } from './electricity/meter-guesses.js';
import { VerifyPurchase } from './electricity/verify-purchase.js';

@Module({
  controllers: [
    BillsController,
    ClaimsController,
    ElectricityController,
    OnPaymentCompleted,
    OnPaymentFailed,
    OnPaymentRefunded,
  ],
  providers: [
    CreateBill,
    FindBills,
    ChangeBill,
    CancelBill,
    ClaimBill,
    FreeOrphanedClaims,
    MeterGuesses,
    VerifyPurchase,
  ],
})
export class BillingModule {}
