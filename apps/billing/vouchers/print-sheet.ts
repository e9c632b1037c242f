import { setImmediate } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import encodeQR from 'qr';
import { nameOf } from './batch-view.js';
import { type VoucherBatch, worthOf } from './voucher.entity.js';
import { inFours } from './voucher-code.rules.js';
import type { ShownCode } from './voucher-codes.js';

/** Points; a page is A4, 595 by 842. */
const MARGIN = 36;
const COLUMNS = 2;
const ROWS = 6;
const WIDTH = (595 - 2 * MARGIN) / COLUMNS;
const HEIGHT = (842 - 2 * MARGIN) / ROWS;
const PADDING = 10;
const QR_SIZE = 84;

/**
 * The sheet to print and cut: for each voucher its worth, its last day, its digits in groups of four, and a QR code of
 * the digits. It lets others work between two pages.
 */
export async function printSheet(batch: VoucherBatch, codes: readonly ShownCode[]): Promise<Buffer> {
  const title = `Vouchers ${nameOf(batch)}`;
  const pdf = new PDFDocument({ size: 'A4', margin: 0, autoFirstPage: false, info: { Title: title } });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  for (const [i, shown] of codes.entries()) {
    const place = i % (COLUMNS * ROWS);
    if (place === 0) {
      await setImmediate();
      pdf.addPage();
    }
    const left = MARGIN + (place % COLUMNS) * WIDTH;
    const top = MARGIN + Math.floor(place / COLUMNS) * HEIGHT;
    drawVoucher(pdf, batch, shown, left, top);
  }
  pdf.end();
  return done;
}

function drawVoucher(
  pdf: PDFKit.PDFDocument,
  batch: VoucherBatch,
  { serial, code }: ShownCode,
  left: number,
  top: number,
): void {
  const x = left + PADDING;
  const line = (text: string, y: number, size: number, font: string) =>
    pdf
      .font(font)
      .fontSize(size)
      .text(text, x, top + y, { lineBreak: false });
  pdf.rect(left, top, WIDTH, HEIGHT).lineWidth(0.5).dash(3, {}).strokeColor('#999999').stroke().undash();
  line(`${nameOf(batch)} / ${serial}`, 10, 8, 'Helvetica');
  line(worthOf(batch), 24, 15, 'Helvetica-Bold');
  line(`Until ${batch.expiresOn}`, 44, 9, 'Helvetica');
  if (batch.utility !== null) line(`For ${printable(batch.utility)}`, 58, 9, 'Helvetica');
  line(inFours(code), HEIGHT - 26, 13.5, 'Courier-Bold');
  drawQr(pdf, code, left + WIDTH - PADDING - QR_SIZE, top + PADDING);
}

/** Dark runs of each row, as one path. */
function drawQr(pdf: PDFKit.PDFDocument, text: string, left: number, top: number): void {
  const modules = encodeQR(text, 'raw', { ecc: 'medium', border: 2 });
  const size = QR_SIZE / modules.length;
  for (const [y, row] of modules.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      pdf.rect(left + from * size, top + y * size, (x + 1 - from) * size, size);
    }
  }
  pdf.fill('#000000');
}

/** What the fonts that every reader has can show. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\xa1-\xff]/g, '?').slice(0, 24);
}
