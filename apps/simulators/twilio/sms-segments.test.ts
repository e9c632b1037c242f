import { segmentsOf, smartEncoded } from './sms-segments.js';

const TOKEN_SMS =
  'Token: 1234-5678-9012-3456-7890 Meter 04123456784 Units 45.6kWh Amt RWF5000 Ref IP8F3K2Q9Z. Keep this SMS.';

describe('the segments of a text', () => {
  it('a token SMS fits into one', () => {
    expect(segmentsOf(TOKEN_SMS)).toEqual({ encoding: 'GSM-7', units: 106, segments: 1 });
  });

  it('one naira sign makes two of it', () => {
    const text = TOKEN_SMS.replace('RWF', '₦');
    expect(segmentsOf(text)).toEqual({ encoding: 'UCS-2', units: 104, segments: 2 });
  });

  it.each([
    [160, 1],
    [161, 2],
    [306, 2],
    [307, 3],
    [1600, 11],
  ])('%i plain letters are %i', (letters, segments) => {
    expect(segmentsOf('a'.repeat(letters)).segments).toBe(segments);
  });

  it.each([
    [70, 1],
    [71, 2],
    [134, 2],
    [135, 3],
  ])('%i letters outside GSM-7 are %i', (letters, segments) => {
    expect(segmentsOf('ê'.repeat(letters)).segments).toBe(segments);
  });

  it('counts ^{}[]~\\|€ twice and never splits one over two parts', () => {
    expect(segmentsOf('€'.repeat(80))).toMatchObject({ units: 160, segments: 1 });
    expect(segmentsOf('€'.repeat(152))).toMatchObject({ units: 304, segments: 2 });
    expect(segmentsOf('€'.repeat(153))).toMatchObject({ units: 306, segments: 3 });
  });

  it('knows the accents of GSM-7: é è ù à ì ò Ç, but not ê ç', () => {
    expect(segmentsOf('é è ù à ì ò Ç').encoding).toBe('GSM-7');
    for (const letter of ['ê', 'ç', 'ô', '’', '–', '\u00a0'])
      expect(segmentsOf(letter).encoding).toBe('UCS-2');
  });

  it('smart encoding brings typographic letters back into GSM-7', () => {
    expect(smartEncoded('“Keep” it – it’s yours…')).toBe('"Keep" it - it\'s yours...');
  });
});
