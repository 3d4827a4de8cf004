import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot, startRollcall, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const command = join(repositoryRoot, 'apps/cli/bin/rollcall.mjs');

describe('the demo', () => {
  let rollcall: RunningRollcall;
  let folder: string;

  beforeAll(async () => {
    rollcall = await startRollcall();
    folder = await mkdtemp(join(tmpdir(), 'rollcall-demo-'));
  });
  afterAll(async () => {
    await rollcall?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the command as the admin and gives what it printed and its exit code. */
  function run(...args: string[]): Promise<{ output: string; code: number | null }> {
    const env = {
      ...{ PATH: process.env['PATH'], HOME: folder, XDG_CONFIG_HOME: folder, ROLLCALL_URL: rollcall.url },
      ...{ ROLLCALL_EMAIL: rollcall.admin.email, ROLLCALL_PASSWORD: rollcall.admin.password },
    };
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [command, ...args], { cwd: folder, env });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => resolve({ output, code }));
    });
  }

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

  it('does the same with folders of photos', async () => {
    const { output, code } = await run('demo', '--people', 'photos/people', '--frames', 'photos/frames');
    expect(output).toContain('capture times from file name (12)');
    expect(output).toContain('own-person-a');
    expect(output).toContain('10 of 10 records are right');
    expect(code).toBe(0);
  });

  it('says what is missing in a folder', async () => {
    const { output, code } = await run('demo', '--people', 'photos/frames', '--frames', 'photos/frames');
    expect(output).toMatch(/✘ .*holds no folders/);
    expect(code).toBe(1);
  });
});
