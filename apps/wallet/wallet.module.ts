import { Module } from '@nestjs/common';
import { AdjustWallet } from './adjustments/adjust-wallet.js';
import { AdjustmentsController } from './adjustments/adjustments.controller.js';
import { OnFundsCollected } from './holds/on-funds-collected.js';
import { OnPaymentCompleted } from './holds/on-payment-completed.js';
import { OnPaymentFailed } from './holds/on-payment-failed.js';
import { OnPaymentInitiated } from './holds/on-payment-initiated.js';
import { OnPaymentRefunded } from './holds/on-payment-refunded.js';
import { WatchHolds } from './holds/watch-holds.js';
import { OnVoucherRedeemed } from './vouchers/on-voucher-redeemed.js';
import { OnVouchersGranted } from './vouchers/on-vouchers-granted.js';
import { OnVouchersReleased } from './vouchers/on-vouchers-released.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { VerifyLedger } from './ledger/verify-ledger.js';
import { OnUserRegistered } from './wallets/on-user-registered.js';
import { ReadWallets } from './wallets/read-wallets.js';
import { RestController } from './wallets/rest.controller.js';
import { WalletsController } from './wallets/wallets.controller.js';

@Module({
  controllers: [
    OnUserRegistered,
    OnPaymentInitiated,
    OnFundsCollected,
    OnPaymentCompleted,
    OnPaymentFailed,
    OnPaymentRefunded,
    OnVouchersGranted,
    OnVoucherRedeemed,
    OnVouchersReleased,
    WalletsController,
    RestController,
    LedgerController,
    AdjustmentsController,
  ],
  providers: [AdjustWallet, ReadWallets, VerifyLedger, WatchHolds],
})
export class WalletModule {}
