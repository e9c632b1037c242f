/** CRC-16 (polynomial 0xA001 reflected, start 0xFFFF) with its two bytes swapped, as a token carries it. */
export function crcField(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return ((crc & 0xff) << 8) | (crc >> 8);
}

/**
 * The CRC of a block (its low 16 bits do not count) in a token of this class. Credit in currency has one byte 0x01 more
 * behind ("CRC_C"), so that a meter that counts units never takes it for units.
 */
export function crcOfBlock(tokenClass: number, block: bigint): number {
  const input = (BigInt(tokenClass) << 48n) | (block >> 16n);
  const bytes = Buffer.from(input.toString(16).padStart(14, '0'), 'hex');
  const isCurrency = tokenClass === 0 && ((block >> 60n) & 0b1100n) === 0b0100n;
  return crcField(isCurrency ? Buffer.concat([bytes, Buffer.of(1)]) : bytes);
}

/** The block with its CRC in the low 16 bits. */
export function withCrc(tokenClass: number, block: bigint): bigint {
  return (block & ~0xffffn) | BigInt(crcOfBlock(tokenClass, block));
}

export function crcHolds(tokenClass: number, block: bigint): boolean {
  return Number(block & 0xffffn) === crcOfBlock(tokenClass, block);
}
