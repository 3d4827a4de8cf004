import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStart } from '../process-start.mjs';
import { InstanceRecord } from './instance-record.mjs';

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-record-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => join(folder, 'running.json');
const claim = (say = () => undefined, patience = 0) => InstanceRecord.claim(folder, say, patience);

describe('InstanceRecord', () => {
  it('is given to one at a time', async () => {
    const record = await claim();
    await expect(claim()).rejects.toThrow(`runs already on ${folder} (process ${process.pid})`);
    await record.release();
    await (await claim()).release();
    expect(existsSync(file())).toBe(false);
  });

  it('says where Rollcall answers, also after its services have changed', async () => {
    const record = await claim();
    await record.noteAddress('http://localhost:8001');
    await record.noteServices([process.pid]);
    const { url, services } = JSON.parse(await readFile(file(), 'utf8'));
    expect([url, services.length]).toEqual(['http://localhost:8001', 1]);
    await record.release();
  });

  it('of a dead Rollcall is taken over, and services that outlive their time are ended', async () => {
    const orphan = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    const ended = new Promise((done) => orphan.once('exit', (_, signal) => done(signal)));
    const dead = { pid: spawnSync('true').pid, start: '1' };
    const services = [
      { pid: orphan.pid, start: processStart(orphan.pid) },
      { pid: process.pid, start: '1' },
    ];
    await writeFile(file(), JSON.stringify({ supervisor: dead, services }));
    const told = [];
    await claim((text) => told.push(text));
    expect(await ended).toBe('SIGKILL'); // and not this process, whose number the other service once had
    expect(told).toHaveLength(1);
  });

  it('remembers the services for the next start', async () => {
    const record = await claim();
    const service = spawn('sleep', ['600'], { stdio: 'ignore' });
    const ended = new Promise((done) => service.once('exit', done));
    await record.noteServices([service.pid]);
    await expect(claim()).rejects.toThrow('runs already');
    service.kill();
    await ended;
  });

  it("that was cut off is nobody's", async () => {
    await writeFile(file(), '{"superv');
    await (await claim()).release();
  });
});
