import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { createDisk } from './disk.ts';
import { type Survival, survivals } from './file.ts';
import type { Step } from './recording.ts';

const write = (path: string, text: string, offset = 0): Step => ({
  path,
  kind: 'write',
  offset,
  data: Buffer.from(text),
});
const make = (path: string): Step => ({ path, kind: 'makeFile' });
let lastSync = 0;
const sync = (path: string): Step[] => {
  lastSync += 1;
  return [
    { path, kind: 'syncBegins', sync: lastSync },
    { path, kind: 'syncEnds', sync: lastSync },
  ];
};

function after(survival: Survival, steps: readonly Step[], seed = 1): Record<string, string> {
  const disk = createDisk();
  for (const step of steps) disk.take(step);
  const files = disk.afterCut(survival, seededRandom(seed));
  return Object.fromEntries([...files].map(([path, bytes]) => [path, bytes.toString()]));
}

describe('a power cut', () => {
  const synced = [make('a'), ...sync(''), write('a', 'one'), ...sync('a')];

  test.for(survivals)('leaves what was synced, when of the rest survives %s', (survival) => {
    expect(after(survival, synced)).toEqual({ a: 'one' });
  });

  test('takes what was not synced, at its worst', () => {
    expect(after('nothing', [...synced, write('a', 'two', 3)])).toEqual({ a: 'one' });
  });

  test('takes a file whose folder was not synced, however well the file was', () => {
    expect(after('nothing', [make('a'), write('a', 'one'), ...sync('a')])).toEqual({});
  });

  test('takes all that is in a folder whose own name was not synced', () => {
    const steps: Step[] = [
      { path: 'f', kind: 'makeFolder' },
      make('f/a'),
      write('f/a', 'one'),
      ...sync('f/a'),
      ...sync('f'),
    ];
    expect(after('nothing', steps)).toEqual({});
    expect(after('nothing', [...steps, ...sync('')])).toEqual({ 'f/a': 'one' });
  });

  test('may undo a removal and a new name', () => {
    const steps: Step[] = [...synced, { path: 'a', kind: 'rename', to: 'b' }, { path: 'b', kind: 'remove' }];
    expect(after('nothing', steps)).toEqual({ a: 'one' });
    expect(after('torn', steps)).toEqual({});
  });

  test('takes what was written while the sync was running', () => {
    const disk = createDisk();
    const [begins, ends] = sync('a') as [Step, Step];
    for (const step of [...synced, begins, write('a', 'two'), ends]) disk.take(step);
    expect(disk.afterCut('nothing', seededRandom(1)).get('a')?.toString()).toBe('one');
  });

  test('may leave any sectors of what was not synced, and for each the first of its writes', () => {
    const page = (letter: string) => letter.repeat(2048);
    const steps = [
      make('a'),
      ...sync(''),
      write('a', page('0')),
      ...sync('a'),
      write('a', page('1')),
      write('a', page('2')),
    ];
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const sectors = after('some', steps, seed)['a']?.match(/.{512}/g) ?? [];
      expect(sectors).toHaveLength(4);
      for (const sector of sectors) expect(sector).toMatch(/^(0+|1+|2+)$/);
      seen.add(sectors.map(([letter]) => letter).join(''));
    }
    expect(seen.size).toBeGreaterThan(40);
    expect([...seen]).toEqual(expect.arrayContaining(['0000', '2222']));
  });

  test('may tear the last write alone', () => {
    const steps = [...synced, write('a', 'x'.repeat(1024)), write('a', 'y'.repeat(1024), 1024)];
    for (let seed = 0; seed < 50; seed++) expect(after('torn', steps, seed)['a']).toMatch(/^x{1024}[y\0]*$/);
  });
});
