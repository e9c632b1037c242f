export interface Bar {
  name: string;
  perSecond: number;
  ours?: boolean;
}

export interface BarGroup {
  title: string;
  bars: Bar[];
}

const WIDTH = 720;
const NAMES = 250;
const LINE = 26;
const HEAD = 40;

/** Horizontal bars as an SVG that is readable on light and on dark. */
export function chartOf(groups: BarGroup[]): string {
  let y = 10;
  const parts: string[] = [];
  for (const { title, bars } of groups) {
    const most = Math.max(...bars.map(({ perSecond }) => perSecond));
    parts.push(`<text class="title" x="10" y="${y + 18}">${escape(title)}</text>`);
    y += HEAD - 8;
    for (const { name, perSecond, ours } of bars) {
      const width = Math.max(2, ((WIDTH - NAMES - 90) * perSecond) / most);
      parts.push(
        `<text class="name" x="${NAMES - 10}" y="${y + 15}">${escape(name)}</text>`,
        `<rect class="${ours ? 'ours' : 'bar'}" x="${NAMES}" y="${y + 2}" width="${width.toFixed(1)}" height="18" rx="3"/>`,
        `<text class="value" x="${(NAMES + width + 8).toFixed(1)}" y="${y + 15}">${perSecond.toFixed(0)}</text>`,
      );
      y += LINE;
    }
    y += 14;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="payments a second">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 } .name { text-anchor: end }
  .bar { fill: #9aa4af } .ours { fill: #e8890c }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7781 } }
</style>
${parts.join('\n')}
</svg>
`;
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
