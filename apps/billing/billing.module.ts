import { Module } from '@nestjs/common';
import { AlertBell } from './alerts/alert-bell.js';
import { AlertsController } from './alerts/alerts.controller.js';
import { ChangeAlerts } from './alerts/change-alerts.js';
import { CheckAlerts } from './alerts/check-alerts.js';
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
import { AskMeters } from './consumption/ask-meters.js';
import { ConsumptionController } from './consumption/consumption.controller.js';
import { ReadHistory } from './consumption/read-history.js';
import { ShowConsumption } from './consumption/show-consumption.js';
import { StoreReadings } from './consumption/store-readings.js';
import { TakeReadings } from './consumption/take-readings.js';
import { ChangeSavedMeter } from './meters/change-saved-meter.js';
import { FindMeters } from './meters/find-meters.js';
import { LookupLimits } from './meters/lookup-limits.js';
import { MetersController } from './meters/meters.controller.js';
import { RegisterMeter } from './meters/register-meter.js';
import { RegistryController } from './meters/registry.controller.js';
import { SaveMeter } from './meters/save-meter.js';
import { WarnPayer } from './meters/warn-payer.js';
import { FindMeterPrice } from './quotes/find-meter-price.js';
import { MakeQuote } from './quotes/make-quote.js';
import { QuotesController } from './quotes/quotes.controller.js';
import { VerifyPurchase } from './quotes/verify-purchase.js';
import { DefineTariff } from './tariffs/define-tariff.js';
import { TariffsController } from './tariffs/tariffs.controller.js';
import { OpenPaygoIssuer } from './issuers/openpaygo.issuer.js';
import { SoftwareStsIssuer } from './issuers/software-sts.issuer.js';
import { TokenIssuers } from './issuers/token-issuers.js';
import { IssueTokens } from './vends/issue-tokens.effect.js';
import { KeepTokens } from './vends/keep-tokens.js';
import { MeterTokensController } from './vends/meter-tokens.controller.js';
import { NoteDoubt } from './vends/note-doubt.js';
import { OnVendRequested } from './vends/on-vend-requested.js';
import { ReadVends } from './vends/read-vends.js';
import { RequestVend } from './vends/request-vend.js';
import { ResendTokens } from './vends/resend-tokens.js';
import { ResolveVend } from './vends/resolve-vend.js';
import { TokensController } from './vends/tokens.controller.js';
import { VendsController } from './vends/vends.controller.js';
import { CreateBatch } from './vouchers/create-batch.js';
import { ExpireVouchers } from './vouchers/expire-vouchers.js';
import { FindBatches } from './vouchers/find-batches.js';
import { MakeCodes } from './vouchers/make-codes.js';
import { ReadRedemptions } from './vouchers/read-redemptions.js';
import { RedeemLimits } from './vouchers/redeem-limits.js';
import { RedeemVoucher } from './vouchers/redeem-voucher.js';
import { RedemptionsController } from './vouchers/redemptions.controller.js';
import { VoidVouchers } from './vouchers/void-vouchers.js';
import { VoucherCodes } from './vouchers/voucher-codes.js';
import { VouchersController } from './vouchers/vouchers.controller.js';

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
  OpenPaygoIssuer,
];

const vouchers = [
  VoucherCodes,
  CreateBatch,
  MakeCodes,
  FindBatches,
  VoidVouchers,
  ExpireVouchers,
  RedeemLimits,
  RedeemVoucher,
  ReadRedemptions,
];

const consumption = [
  TakeReadings,
  StoreReadings,
  AskMeters,
  ReadHistory,
  ShowConsumption,
  ChangeAlerts,
  CheckAlerts,
  AlertBell,
];

@Module({
  controllers: [
    BillsController,
    ClaimsController,
    MetersController,
    ConsumptionController,
    AlertsController,
    RegistryController,
    TariffsController,
    QuotesController,
    OnPaymentCompleted,
    OnPaymentFailed,
    OnPaymentRefunded,
    OnVendRequested,
    TokensController,
    MeterTokensController,
    VendsController,
    VouchersController,
    RedemptionsController,
  ],
  providers: [
    CreateBill,
    FindBills,
    ChangeBill,
    CancelBill,
    ClaimBill,
    FreeOrphanedClaims,
    LookupLimits,
    SaveMeter,
    ChangeSavedMeter,
    FindMeters,
    RegisterMeter,
    WarnPayer,
    DefineTariff,
    FindMeterPrice,
    MakeQuote,
    VerifyPurchase,
    ...vends,
    ...vouchers,
    ...consumption,
  ],
})
export class BillingModule {}
