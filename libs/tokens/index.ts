export { DEMO_PAYGO, DEMO_STS } from './demo-keys.js';
export * from './outcome.js';
export { DeviceKey } from './openpaygo/code-chain.rules.js';
export * from './openpaygo/device.machine.js';
export * from './openpaygo/issue-code.rules.js';
export * from './openpaygo/metrics-auth.rules.js';
export { carriedUnits, MAX_UNITS } from './sts/amount.rules.js';
export * from './sts/decode-token.rules.js';
export {
  buildDecoderKey,
  DecoderKey,
  type EncryptionAlgorithm,
  type KeyFacts,
  type KeyRefusal,
  type KeyType,
} from './sts/decoder-key.rules.js';
export {
  issueCredit,
  issueCurrencyCredit,
  issueOrder,
  testToken,
  type CreditOrder,
  type CurrencyCreditOrder,
  type IssuedCredit,
  type IssuedCurrencyCredit,
  type IssueRefusal,
  type ManagementOrder,
} from './sts/issue-tokens.rules.js';
export { issueKeyChange, type KeyChangeRefusal, type KeyChangeToken } from './sts/key-change.rules.js';
export * from './sts/meter.machine.js';
export {
  newMeter,
  restartedMeter,
  tamperedMeter,
  USUAL_METER,
  type MeterKey,
  type MeterSettings,
  type MeterState,
} from './sts/meter-state.js';
export type { Reading } from './sts/meter-readings.rules.js';
export {
  checkDrn,
  drnOf,
  manufacturerCode,
  panOf,
  type MeterNumberRefusal,
} from './sts/meter-number.rules.js';
export { inGroups, type DigitsRefusal } from './sts/token-digits.rules.js';
export * from './sts/token-kinds.js';
export * from './sts/token-time.rules.js';
