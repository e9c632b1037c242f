import type { MeterState } from './meter-state.js';
import { ALL_REGISTERS, type TokenContent } from './token-kinds.js';

type Credit = Extract<TokenContent, { kind: 'credit' }>;
type Order = Extract<TokenContent, { kind: 'order' }>;

const ELECTRICITY_REGISTER = 0;

/** What the credit would make of the meter, whether or not it may. */
export function acceptCredit(
  meter: MeterState,
  { resource, tenths }: Credit,
): MeterState | 'FunctionError' | 'OverflowError' {
  if (resource !== 'electricity') return 'FunctionError';
  const creditTenths = meter.creditTenths + tenths;
  return creditTenths > meter.settings.maxCreditTenths ? 'OverflowError' : { ...meter, creditTenths };
}

/** What the order would make of the meter. It has one register: to clear another is no function of it. */
export function acceptOrder(meter: MeterState, { order, value }: Order): MeterState | 'FunctionError' {
  switch (order) {
    case 'power_limit':
      return { ...meter, powerLimit: value };
    case 'phase_unbalance_limit':
      return { ...meter, phaseUnbalanceLimit: value };
    case 'clear_tamper':
      return { ...meter, tampered: false };
    case 'clear_credit': {
      const register = Number(value);
      if (register !== ELECTRICITY_REGISTER && register !== ALL_REGISTERS) return 'FunctionError';
      return { ...meter, creditTenths: 0n };
    }
  }
}
