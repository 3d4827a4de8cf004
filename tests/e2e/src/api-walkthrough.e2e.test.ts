import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot, startRollcall, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCheckingProxy, type CheckingProxy } from './checking-proxy.js';

const run = promisify(execFile);

/** Puts in what the reader puts in. The line must be there: a document that changed must not pass unseen. */
function fillIn(script: string, line: string, value: string): string {
  expect(script).toContain(line);
  return script.replace(line, value);
}

describe('docs/api-walkthrough.md', () => {
  let rollcall: RunningRollcall;
  let proxy: CheckingProxy;
  let folder: string;

  beforeAll(async () => {
    rollcall = await startRollcall();
    proxy = await startCheckingProxy(rollcall.url);
    folder = await mkdtemp(join(tmpdir(), 'rollcall-walkthrough-'));
  });
  afterAll(async () => {
    await proxy.close();
    await rollcall.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('goes from the first sign-in to the exported file, exactly as printed', async () => {
    const document = await readFile(join(repositoryRoot, 'docs/api-walkthrough.md'), 'utf8');
    const [, section = ''] = /<!-- walkthrough[^]*?-->([^]*?)<!-- end of walkthrough -->/.exec(document) ?? [];
    const blocks = [...section.matchAll(/```bash\n([^]*?)```/g)].map(([, block = '']) => block);
    expect(blocks.length).toBeGreaterThan(10);
    const script = [
      'set -euo pipefail',
      // The reader stands in the clone, where npx finds the command; this shell does not.
      `npx() { [ "$1" = rollcall ]; shift; node '${join(repositoryRoot, 'apps/cli/bin/rollcall.mjs')}' "$@"; }`,
      ...blocks.flatMap((block, index) => [`echo '#${index}'`, block]),
    ].join('\n');
    const located = fillIn(script, 'ROLLCALL=http://localhost:8000', `ROLLCALL=${proxy.url}`);
    const line = "PASSWORD='the password of the first start'";
    const { stdout } = await run('bash', ['-c', fillIn(located, line, `PASSWORD='${rollcall.admin.password}'`)], {
      cwd: folder,
      timeout: 120_000,
    });
    // Each call went through the proxy, and its answer is what the OpenAPI document says.
    expect(proxy.broken).toEqual([]);
    const calls = script.match(/(?:call|curl -sS) "?\$ROLLCALL/g) ?? [];
    expect(proxy.answered.length).toBeGreaterThanOrEqual(calls.length);
    for (const said of ['ADMIN', 'completed', "'match'", "'unknown'", 'open', 'created', 'true', 'Ada Lovelace']) {
      expect(stdout).toContain(said);
    }
    expect(stdout).toMatch(/attendance\.checked_in attendance-records\//);
    for (const picture of ['photos/ada-at-the-entrance.jpg', 'photos/who-is-this.jpg']) {
      expect((await readFile(join(folder, picture))).subarray(0, 2).toString('hex')).toBe('ffd8');
    }
  });
});
