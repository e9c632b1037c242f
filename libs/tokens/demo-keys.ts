/**
 * What the decoder keys of the demo's STS meters are made from, by the billing service as by the simulated meters. The
 * vending key is a PUBLIC TEST KEY, from the STS Association's compliance tests as quoted in public code: worth nothing,
 * and never in production, which refuses to start with it.
 */
export const DEMO_STS = {
  vendingKeyHex: 'abababababababab949494949494949401234567',
  sgc: '201457',
  krn: 1,
  kt: 2,
  ti: '01',
  ea: '11',
  ken: 255,
  baseDate: 2014,
} as const;

/**
 * The demo's device that is paid by time. Its key and starting code are those of a PUBLISHED TEST VECTOR of OpenPAYGO:
 * worth nothing, and never in production, which refuses to start with it.
 */
export const DEMO_PAYGO = {
  number: '700000001',
  keyHex: 'bc41ec9530f6dac86b1a29ab82edc5fb',
  startingCode: 516_959_010,
  timeDivider: 1,
} as const;
