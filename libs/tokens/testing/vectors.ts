import { readFileSync } from 'node:fs';
import { unwrapped } from './unwrapped.js';
import { drnOf } from '../sts/meter-number.rules.js';
import type { KeyFacts, KeyType } from '../sts/decoder-key.rules.js';
import type { BaseDate } from '../sts/token-time.rules.js';

// The published and computed test vectors. Every key in them is a test key.

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T;
}

export interface KeyVector {
  meterPan: string;
  sgc: string;
  tariffIndex: string;
  krn: number;
  keyType: KeyType;
  baseDate: BaseDate;
  vendingKey: string;
  decoderKey: string;
}

export interface TokenVector extends KeyVector {
  id: string;
  class: 0 | 2;
  subclass: number;
  rnd: number;
  issuedAt: string;
  tid: number;
  value: number;
  field16: string;
  dataBlock: string;
  cipherBlock: string;
  tokenHex: string;
  token: string;
}

export interface MeterScenario {
  meter: Omit<KeyVector, 'vendingKey'> & { ken: number; tidStoreSize: number; creditTenths: number };
  finalMeter: Record<string, unknown>;
  steps: { token: string; expect: string; creditTenthsAfter: number; note: string }[];
}

export interface StsVectors {
  primitives: {
    misty1: { key: string; plain: string; cipher: string }[];
    crc: { label: string; bytes: string; crcField: string }[];
    amount: { tenths: number; field16: string; decodedTenths: number }[];
    currency: { units1e5: string; signExponentNibble: number; field16: string }[];
    tid: { issuedAt: string; baseDate: BaseDate; tid: number }[];
    luhn: { digits: string; check: number }[];
    drnRejected: string[];
  };
  decoderKeys: (KeyVector & { id: string; ea: '11'; kdfDataBlock: string })[];
  tokens: { computed: TokenVector[]; nectar: TokenVector[] };
  keyChange: {
    id: string;
    from: KeyVector;
    to: KeyVector & { ken: number };
    tokens: { section: number; token: string }[];
  }[];
  class1: { id: string; subclass: 0 | 1; control: string; mfrCode: number; token: string }[];
  scenarios: MeterScenario[];
}

export const stsVectors = read<StsVectors>('sts-vectors.json');
export const tokenVectors = Object.values(stsVectors.tokens).flat();

export function factsOf(vector: KeyVector): KeyFacts {
  return {
    drn: unwrapped(drnOf(vector.meterPan)),
    sgc: vector.sgc,
    krn: vector.krn,
    kt: vector.keyType,
    ti: vector.tariffIndex,
    ea: '11',
    baseDate: vector.baseDate,
    vendingKeyHex: vector.vendingKey,
  };
}

export interface CodeVector {
  serial_number: string;
  starting_code: number;
  key: string;
  count: number;
  token_type: 'ADD_TIME' | 'SET_TIME' | 'DISABLE_PAYG' | 'COUNTER_SYNC';
  value_raw: number | null;
  restricted_digit_set: boolean;
  extended_token: boolean;
  new_count: number;
  token: string;
}

export interface DeviceSteps {
  key: string;
  starting_code: number;
  startCount: number;
  steps: {
    step?: string;
    token: string;
    result: string;
    countAfter: number;
    daysAfter: number | 'infinite';
  }[];
}

export interface MetricsRequestVector {
  id: string;
  key: string;
  method: 'sa' | 'ta' | 'ca' | 'da' | 'ra';
  auth: string;
  request: {
    serial_number: string;
    timestamp?: number;
    request_count?: number;
    data?: unknown;
    historical_data?: unknown[];
  };
}

export interface OpenPaygoVectors {
  siphash24: { key: string; message: string; hash: string }[];
  startingCode: { vectors: { key: string; startingCode: number }[] };
  chain: {
    key: string;
    starting_code: number;
    value: number;
    steps: { iteration: number; raw: number; masked: number }[];
  };
  tokens: CodeVector[];
  docsQuickTest: DeviceSteps;
  deviceProcedure: DeviceSteps;
  metricsAuth: {
    request: MetricsRequestVector[];
    response: {
      key: string;
      serial_number: string;
      timestamp: number;
      answer: Record<string, unknown>;
      auth: string;
    }[];
  };
}

export const openPaygoVectors = read<OpenPaygoVectors>('openpaygo-vectors.json');
