/** `2026-11` and the months before it, oldest first, `count` in all; none before `from`. */
export function recentMonths(month: string, count: number, from: string): string[] {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return Array.from({ length: count }, (_, i) => {
    const index = year * 12 + number - 1 - (count - 1 - i);
    return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`;
  }).filter((it) => it >= from);
}
