import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const SEARCHES = 50_000;
/** faiss-node leaks the query at every search: 2 KB at 512 dimensions, 100 MB here. */
const LIMIT = 10e6;

describe('memory', () => {
  it(`does not grow with ${String(SEARCHES)} searches`, async () => {
    const script = fileURLToPath(new URL('../fixtures/measure-memory.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, String(SEARCHES)]);
    expect(Number(stdout)).toBeLessThan(LIMIT);
    expect(stdout.trim()).toMatch(/^-?\d+$/);
  });
});
