import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStart } from '../process-start.mjs';
import { Service } from './service.mjs';

let folder;
let lines;
let deaths;
let service;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-service-'));
  lines = [];
  deaths = [];
});
afterEach(async () => {
  service.kill();
  await rm(folder, { recursive: true, force: true });
});

async function start(program, env = {}) {
  const entry = join(folder, 'main.mjs');
  await writeFile(entry, program);
  const events = {
    line: (name, text) => lines.push(`${name} ${text}`),
    changed: () => undefined,
    died: (name, how, failures) => deaths.push(`${name} ${how}, ${failures}`),
  };
  service = new Service({ name: 'thing', entry, env: { ...process.env, ...env }, events });
  service.start();
}
const LIVES = 'process.channel.ref(); process.on("disconnect", () => process.exit());';

describe('Service', () => {
  it('passes its lines on, with its environment', async () => {
    await start('console.log(process.env.COLOUR); console.error("two\\nlines"); setInterval(() => {}, 1e6)', {
      COLOUR: 'green',
    });
    await expect.poll(() => [...lines].sort()).toEqual(['thing green', 'thing lines', 'thing two']);
    expect(service.pid).toBeGreaterThan(0);
  });

  it('is started again when it dies', async () => {
    await start(`${LIVES} console.log(process.pid)`);
    await expect.poll(() => lines.length).toBe(1);
    const first = service.pid;
    process.kill(first, 'SIGKILL');
    await expect.poll(() => lines.length).toBe(2);
    expect(service.pid).not.toBe(first);
    expect(deaths).toEqual(['thing was ended by SIGKILL, 1']);
  });

  it('counts failures that follow one another', async () => {
    await start('process.exit(3)');
    await expect
      .poll(() => deaths.slice(0, 3))
      .toEqual(['thing ended with 3, 1', 'thing ended with 3, 2', 'thing ended with 3, 3']);
  });

  it('stops when asked and stays stopped', async () => {
    await start(`${LIVES} process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); console.log("up")`);
    await expect.poll(() => lines).toEqual(['thing up']);
    await service.stop(60_000);
    await expect.poll(() => lines).toEqual(['thing up', 'thing bye']);
    expect([service.pid, deaths]).toEqual([undefined, []]);
  });

  it('is killed when it does not stop in time', async () => {
    await start(`${LIVES} process.on("SIGTERM", () => {}); console.log("up")`);
    await expect.poll(() => lines).toEqual(['thing up']);
    await service.stop(50);
    expect(service.pid).toBeUndefined();
  });

  it('ends when its parent was killed', async () => {
    await writeFile(join(folder, 'child.mjs'), `${LIVES} console.log(process.pid)`);
    const url = JSON.stringify(new URL('./service.mjs', import.meta.url).href);
    // this service is the parent of another one
    await start(`
      import { Service } from ${url};
      const events = { line: (_, text) => console.log(text), changed() {}, died() {} };
      new Service({ name: 'child', entry: ${JSON.stringify(join(folder, 'child.mjs'))}, env: process.env, events }).start();
    `);
    await expect.poll(() => lines.length).toBe(1);
    const child = Number(lines[0].split(' ')[1]);
    expect(processStart(child)).toBeDefined();
    service.kill();
    await expect.poll(() => processStart(child)).toBeUndefined();
  });
});
