/** GSM 03.38: letters of one septet, and those that take an escape and a second one. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENDED = '\f^{}\\[~]|€';

const SEPTETS = new Map<string, number>([
  ...[...BASIC].map((letter) => [letter, 1] as const),
  ...[...EXTENDED].map((letter) => [letter, 2] as const),
]);

/** One segment holds this many septets; a single one more makes two segments of 153. */
export const ONE_SEGMENT = 160;

/** The nearest in GSM-7 of letters that do not come apart into a base letter and an accent. */
const NEAREST: Readonly<Record<string, string>> = {
  '₦': 'NGN ',
  '‘': "'",
  '’': "'",
  '‚': "'",
  ʼ: "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '‐': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '•': '-',
  '·': '-',
  '…': '...',
  '×': 'x',
  '\u2044': '/',
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  Œ: 'OE',
  œ: 'oe',
  ı: 'i',
  Þ: 'Th',
  þ: 'th',
  Ð: 'D',
  ð: 'd',
  Ŋ: 'Ng',
  ŋ: 'ng',
  Ɓ: 'B',
  ɓ: 'b',
  Ɗ: 'D',
  ɗ: 'd',
  Ƙ: 'K',
  ƙ: 'k',
  Ƴ: 'Y',
  ƴ: 'y',
  Ǝ: 'E',
  ǝ: 'e',
  Ɛ: 'E',
  ɛ: 'e',
  Ɔ: 'O',
  ɔ: 'o',
};

/** How much room a text takes; undefined when a letter of it is not in GSM-7. */
export function septetsOf(text: string): number | undefined {
  let sum = 0;
  for (const letter of text) {
    const width = SEPTETS.get(letter);
    if (width === undefined) return undefined;
    sum += width;
  }
  return sum;
}

/**
 * The text on one line in GSM-7: accents that GSM-7 lacks are dropped, currency signs and typographic
 * letters are replaced, everything else (emoji, other scripts) vanishes.
 */
export function toGsm7(text: string): string {
  const letters = [...text.normalize('NFC')].map(oneLetter).join('');
  return letters.replace(/ +/g, ' ').trim();
}

/** As much of the text as fits into this many septets; what was cut shows by two dots. */
export function cut(text: string, septets: number): string {
  if (septets <= 0) return '';
  if ((septetsOf(text) ?? Infinity) <= septets) return text;
  const dots = septets > 4 ? '..' : '';
  let room = septets - dots.length;
  let kept = '';
  for (const letter of text) {
    room -= SEPTETS.get(letter) ?? Infinity;
    if (room < 0) break;
    kept += letter;
  }
  return kept.trimEnd() + dots;
}

function oneLetter(letter: string): string {
  if (/\s/.test(letter)) return ' ';
  if (SEPTETS.has(letter)) return letter;
  const near = NEAREST[letter];
  if (near !== undefined) return near;
  return [...letter.normalize('NFKD')]
    .map((part) => (SEPTETS.has(part) ? part : (NEAREST[part] ?? '')))
    .join('');
}
