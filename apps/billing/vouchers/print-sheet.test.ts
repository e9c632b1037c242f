import { inflateSync } from 'node:zlib';
import decodeQR from 'qr/decode.js';
import { newId } from '#kernel';
import { printSheet } from './print-sheet.js';
import type { VoucherBatch } from './voucher.entity.js';
import { codeOf, inFours } from './voucher-code.rules.js';

const batch: VoucherBatch = {
  id: newId(),
  ownerId: newId(),
  funding: 'grant',
  state: 'funded',
  count: 14,
  amount: 50_000n,
  currency: 'NGN',
  wattHours: null,
  expiresOn: '2027-06-30',
  reason: 'a test',
  utility: 'Électricité',
  approvedBy: null,
  codesMadeAt: null,
  createdAt: new Date(),
};
const codes = Array.from({ length: batch.count }, (_, i) => ({
  serial: i + 1,
  code: codeOf(String(1_234_567_890_123_456 + i * 7_919)),
}));

/** What each page draws: the texts, and the dark squares. A reader as small as our sheets are plain. */
function pagesOf(pdf: Buffer) {
  const text = pdf.toString('latin1');
  const streams = [...text.matchAll(/<<[^>]*\/FlateDecode[^>]*>>\s*stream\r?\n/g)].map(
    ({ index, 0: head }) => {
      const from = index + head.length;
      return inflateSync(pdf.subarray(from, text.indexOf('endstream', from))).toString('latin1');
    },
  );
  return streams
    .filter((it) => it.includes(' re\n'))
    .map((it) => ({
      texts: [...it.matchAll(/\[(.*?)\] TJ/g)].map(([, parts = '']) =>
        [...parts.matchAll(/<([0-9a-f]+)>/g)]
          .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
          .join(''),
      ),
      boxes: [...it.matchAll(/^([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re$/gm)].map((box) =>
        box.slice(1).map(Number),
      ),
    }));
}

/** The QR code in a part of a page, as a camera sees it. */
function readQr(boxes: number[][], left: number, top: number, size: number): string {
  const scale = 4;
  const side = size * scale;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [x = 0, y = 0, width = 0, height = 0] of boxes) {
    const isInside = x >= left && y >= top && x + width <= left + size && y + height <= top + size;
    if (!isInside) continue;
    for (let row = Math.round((y - top) * scale); row < Math.round((y + height - top) * scale); row++) {
      const from = (row * side + Math.round((x - left) * scale)) * 4;
      for (let i = 0; i < Math.round(width * scale); i++) data.fill(0, from + i * 4, from + i * 4 + 3);
    }
  }
  return decodeQR({ width: side, height: side, data });
}

test('a sheet has each voucher with its worth, its day, its digits in fours and a QR code that says the same', async () => {
  const pdf = await printSheet(batch, codes);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.subarray(-6).toString()).toContain('%%EOF');
  const pages = pagesOf(pdf);
  expect(pages).toHaveLength(2);
  const texts = pages.flatMap((page) => page.texts);
  for (const { serial, code } of codes) {
    expect(texts).toContain(inFours(code));
    expect(texts.some((it) => it.endsWith(` / ${serial}`))).toBe(true);
  }
  expect(texts.filter((it) => it === 'NGN 500.00')).toHaveLength(14);
  expect(texts.filter((it) => it === 'Until 2027-06-30')).toHaveLength(14);
  expect(texts.filter((it) => it === 'For Électricité')).toHaveLength(14);
  // The frames are the largest boxes, in the order of the vouchers; the codes lie in their upper right.
  const read = pages.flatMap(({ boxes }) =>
    boxes
      .filter(([, , width = 0]) => width > 200)
      .map(([x = 0, y = 0, width = 0]) => readQr(boxes, Math.floor(x + width - 95), Math.floor(y + 9), 96)),
  );
  expect(read).toEqual(codes.map(({ code }) => code));
});

test('five hundred vouchers are one sheet of 42 pages', async () => {
  const many = Array.from({ length: 500 }, (_, i) => ({
    serial: i + 1,
    code: codeOf(String(10n ** 15n + BigInt(i))),
  }));
  const started = performance.now();
  const pdf = await printSheet(batch, many);
  console.info(
    `500 vouchers: ${Math.round(pdf.length / 1024)} KiB, ${Math.round(performance.now() - started)} ms`,
  );
  expect(pagesOf(pdf)).toHaveLength(42);
}, 30_000);
