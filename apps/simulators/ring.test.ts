import { Ring } from './ring.js';

describe('a simulator’s record', () => {
  const filled = (capacity: number, entries: number) => {
    const ring = new Ring<string>(capacity);
    for (let n = 1; n <= entries; n++) ring.push(`entry ${n}`);
    return ring;
  };

  it('keeps the newest entries and counts all there ever were', () => {
    const ring = filled(3, 8);
    expect(ring.total).toBe(8);
    expect(ring.first).toBe(6);
    expect([...ring.newestFirst()]).toEqual(['entry 8', 'entry 7', 'entry 6']);
  });

  it('finds an entry by its number until it fell out', () => {
    const ring = filled(3, 5);
    expect(ring.at(3)).toBe('entry 3');
    expect(ring.at(2)).toBeUndefined();
    expect(ring.at(6)).toBeUndefined();
  });

  it('goes on where a reader stopped, and shows him what he missed', () => {
    const ring = filled(4, 10);
    expect(ring.since(8, 10)).toEqual([
      { seq: 9, entry: 'entry 9' },
      { seq: 10, entry: 'entry 10' },
    ]);
    expect(ring.since(2, 2).map(({ seq }) => seq)).toEqual([7, 8]);
    expect(ring.latest(2).map(({ seq }) => seq)).toEqual([9, 10]);
  });

  it('walks back from any entry', () => {
    expect([...filled(5, 5).newestFirst(3)]).toEqual(['entry 2', 'entry 1']);
  });

  it('tells which entry made room', () => {
    const ring = filled(2, 2);
    expect(ring.push('entry 3')).toBe('entry 1');
  });
});
