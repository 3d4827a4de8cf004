import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot, startRollcall, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCheckingProxy, type CheckingProxy } from './checking-proxy.js';

const command = join(repositoryRoot, 'apps/cli/bin/rollcall.mjs');

/** A Rollcall of its own, a folder to work in, and the command run there as the admin. */
class Workplace {
  private constructor(
    private readonly rollcall: RunningRollcall,
    private readonly proxy: CheckingProxy,
    private readonly folder: string,
  ) {}

  static async open(): Promise<Workplace> {
    const rollcall = await startRollcall();
    const proxy = await startCheckingProxy(rollcall.url);
    return new Workplace(rollcall, proxy, await mkdtemp(join(tmpdir(), 'rollcall-demo-')));
  }

  /** @throws when an answer was not as the OpenAPI document says. */
  async close(): Promise<void> {
    await this.proxy.close();
    await this.rollcall.close();
    await rm(this.folder, { recursive: true, force: true });
    expect(this.proxy.broken).toEqual([]);
    expect(this.proxy.answered.length).toBeGreaterThan(0);
  }

  /** Gives what the command printed and its exit code. */
  run(...args: string[]): Promise<{ output: string; code: number | null }> {
    const { admin } = this.rollcall;
    const env = {
      ...{ PATH: process.env['PATH'], HOME: this.folder, XDG_CONFIG_HOME: this.folder, ROLLCALL_URL: this.proxy.url },
      ...{ ROLLCALL_EMAIL: admin.email, ROLLCALL_PASSWORD: admin.password },
    };
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [command, ...args], { cwd: this.folder, env });
      let output = '';
      const take = (chunk: Buffer): void => {
        output += chunk.toString();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ output, code });
      });
    });
  }
}

describe('the demo', () => {
  let workplace: Workplace;
  const run = (...args: string[]) => workplace.run(...args);

  beforeAll(async () => {
    workplace = await Workplace.open();
  });
  afterAll(() => workplace.close());

  it('ends with every record right, and says so', async () => {
    const { output, code } = await run('demo');
    expect(output).toContain('13 of 13 records are right');
    expect(output).toContain('13 records were written');
    expect(output).not.toContain('✘');
    expect(code).toBe(0);
  });

  it('changes no record when it runs again', async () => {
    const before = await run('attendance', '--json');
    const { output, code } = await run('demo');
    expect(output).toContain('13 of 13 records are right');
    expect(output).toContain('changed no record');
    expect(code).toBe(0);
    expect((await run('attendance', '--json')).output).toBe(before.output);
  });

  it('finds a wrong record and fails', async () => {
    const { output: users } = await run('user', 'list', '--search', 'DEMO-A', '--json');
    const { user_id: personA } = JSON.parse(users) as { user_id: string };
    // Somebody sends an earlier frame of the person: the check-in is no longer what the demo's frames say.
    await run('sample-photos', 'photos');
    const frame = 'photos/frames/2026-03-05T08-00-00-sample1-arrival.jpg';
    const early = ['--source', 'demo-entrance', '--at', '2026-03-02T05:00:00Z', '--wait', '30', '--json'];
    const sent = await run('recognize', frame, ...early);
    expect(sent.output).toContain(personA);
    const { output, code } = await run('demo');
    expect(output).toContain('10 of 13 records are right');
    expect(output).toContain('in should be');
    expect(code).toBe(1);
  });

  it('says what is missing in a folder', async () => {
    const { output, code } = await run('demo', '--people', 'photos/frames', '--frames', 'photos/frames');
    expect(output).toMatch(/✘ .*holds no folders/);
    expect(code).toBe(1);
  });
});

describe("the demo with photos of one's own", () => {
  let workplace: Workplace;
  const run = (...args: string[]) => workplace.run(...args);

  beforeAll(async () => {
    workplace = await Workplace.open();
    await run('sample-photos', 'photos');
  });
  afterAll(() => workplace.close());

  it('does the same with folders of photos', async () => {
    const { output, code } = await run('demo', '--people', 'photos/people', '--frames', 'photos/frames');
    expect(output).toContain('capture times from file name (12)');
    expect(output).toContain('own-person-a');
    expect(output).toContain('10 of 10 records are right');
    expect(code).toBe(0);
  });
});
