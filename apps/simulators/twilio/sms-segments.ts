/** GSM 03.38: what one septet holds, and what takes an escape and a second one. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENDED = '\f^{}\\[~]|€';

const septetsOf = new Uint8Array(0x2100);
for (const letter of BASIC) septetsOf[letter.charCodeAt(0)] = 1;
for (const letter of EXTENDED) septetsOf[letter.charCodeAt(0)] = 2;

/** Letters outside GSM-7 that `SmartEncoded=true` replaces by their nearest inside it. */
const SMART: Readonly<Record<string, string>> = {
  '\u2018': "'",
  '\u2019': "'",
  '\u201a': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u201e': '"',
  '\u00ab': '"',
  '\u00bb': '"',
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2022': '-',
  '\u2026': '...',
  '\u00a0': ' ',
  '\u2009': ' ',
  '\u202f': ' ',
};
const SMART_LETTER = new RegExp(`[${Object.keys(SMART).join('')}]`, 'gu');

export interface Segments {
  encoding: 'GSM-7' | 'UCS-2';
  /** Septets of GSM-7, or 16-bit units of UCS-2. */
  units: number;
  segments: number;
}

/** How a carrier cuts a text: 160 septets alone or 153 a part; one letter outside GSM-7 makes it 70 and 67. */
export function segmentsOf(text: string): Segments {
  let septets = 0;
  for (let i = 0; i < text.length; i++) {
    const width = septetsOf[text.charCodeAt(i)] ?? 0;
    if (width === 0) return cut('UCS-2', text, text.length, 70, 67);
    septets += width;
  }
  return cut('GSM-7', text, septets, 160, 153);
}

export function smartEncoded(text: string): string {
  return text.replace(SMART_LETTER, (letter) => SMART[letter] ?? letter);
}

function cut(
  encoding: Segments['encoding'],
  text: string,
  units: number,
  alone: number,
  part: number,
): Segments {
  if (units <= alone) return { encoding, units, segments: 1 };
  let segments = 1;
  let filled = 0;
  // An escaped letter and a surrogate pair are never split over two parts, so a part may stay one unit short.
  for (const letter of text) {
    const width = encoding === 'UCS-2' ? letter.length : septetsOf[letter.charCodeAt(0)]!;
    if (filled + width > part) {
      segments += 1;
      filled = 0;
    }
    filled += width;
  }
  return { encoding, units, segments };
}
