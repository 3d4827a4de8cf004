import { describe, expect, it } from 'vitest';
import { MemoryWatch } from './memory-watch.js';

const at = (pid: number, mb: number, service = 'gateway') => ({ label: `${service}-${pid}`, service, pid, mb });

describe('the memory of a run', () => {
  it('may go up and down around the level of the kind', () => {
    const watch = new MemoryWatch();
    for (const mb of [200, 230, 210, 225, 190, 228, 215, 226, 205, 229]) expect(watch.note([at(1, mb)])).toEqual([]);
  });

  it('is wrong when a later process of the kind stands far above the first one, which has long ended', () => {
    const watch = new MemoryWatch();
    expect(watch.note([at(1, 200), at(2, 400, 'face-worker')])).toEqual([]);
    expect(watch.note([at(3, 250), at(4, 400, 'face-worker')])).toEqual([]);
    expect(watch.note([at(5, 320)])).toEqual([expect.stringMatching('gateway-5 holds 320 MB, its kind 200')]);
  });

  it('is wrong when a process climbs from round to round, long before it is large', () => {
    const watch = new MemoryWatch();
    const wrong = Array.from({ length: 12 }, (_, round) => watch.note([at(1, 200 + 6 * round)])).flat();
    expect(wrong[0]).toBe('gateway-1 climbs from round to round: by 30 MB in 6, to 248 MB');
  });

  it('is right when a process takes again what it has given back, and wrong when it goes on from there', () => {
    const watch = new MemoryWatch();
    const course = [158, 164, 167, 109, 112, 125, 126, 135, 143, 144, 134, 160];
    expect(course.flatMap((mb) => watch.note([at(1, mb)]))).toEqual([]);
    const onwards = Array.from({ length: 12 }, (_, round) => watch.note([at(1, 166 + 6 * round)])).flat();
    expect(onwards[0]).toMatch('gateway-1 climbs');
  });

  it('forgives what a process takes while it starts', () => {
    const watch = new MemoryWatch();
    const course = [200, 230, 255, 256, 255, 256, 257, 255, 256, 257];
    expect(course.flatMap((mb) => watch.note([at(1, mb)]))).toEqual([]);
  });
});
