import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRunning } from './is-running-here.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-running-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const note = (content: unknown) => writeFile(join(folder, 'running.json'), JSON.stringify(content));

describe('findRunning', () => {
  it('finds the address under which the Rollcall of a folder answers', async () => {
    await note({ supervisor: { pid: process.pid }, services: [], url: 'http://localhost:8001' });
    expect(await findRunning(folder)).toEqual({ url: 'http://localhost:8001' });
  });

  it('knows of one that has not said where it answers', async () => {
    await note({ supervisor: { pid: process.pid } });
    expect(await findRunning(folder)).toEqual({ url: undefined });
  });

  it.each([
    { url: 'http://localhost:8001' },
    { supervisor: { pid: 2 ** 30 }, url: 'http://localhost:8001' },
    'rubbish',
  ])('finds none in %j', async (content) => {
    await note(content);
    expect(await findRunning(folder)).toBeUndefined();
  });

  it('finds none where nothing was noted', async () => {
    expect(await findRunning(folder)).toBeUndefined();
  });
});
