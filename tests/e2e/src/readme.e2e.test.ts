import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot, startRollcall, waitUntil, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCheckingProxy, type CheckingProxy } from './checking-proxy.js';

const run = promisify(execFile);

/** The shell blocks of the README's quick start, in order, as a reader would paste them. */
async function quickStart(): Promise<string[]> {
  const readme = await readFile(join(repositoryRoot, 'README.md'), 'utf8');
  const [, section = ''] = /<!-- quick start[^]*?-->([^]*?)<!-- end of quick start -->/.exec(readme) ?? [];
  return [...section.matchAll(/```bash\n([^]*?)```/g)].map(([, block = '']) => block);
}

/** Puts in what the reader puts in. The line must be there: a README that changed must not pass unseen. */
function fillIn(script: string, line: string, value: string): string {
  expect(script).toContain(line);
  return script.replace(line, value);
}

describe('the quick start of the README', () => {
  let rollcall: RunningRollcall;
  let proxy: CheckingProxy;
  let folder: string;

  beforeAll(async () => {
    rollcall = await startRollcall();
    proxy = await startCheckingProxy(rollcall.url);
    folder = await mkdtemp(join(tmpdir(), 'rollcall-readme-'));
  });
  afterAll(async () => {
    await proxy.close();
    await rollcall.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('leads to the first record, exactly as printed', async () => {
    const blocks = await quickStart();
    expect(blocks.length).toBeGreaterThan(4);
    const script = ['set -eu', ...blocks.slice(0, -1), 'declare -p ROLLCALL TOKEN PERSON > variables'].join('\n');
    // The reader stands in the clone, where npx finds the command; this shell stands where it may leave files.
    const inTheClone = fillIn(
      script,
      'npx rollcall sample-photos ./photos',
      `(cd '${repositoryRoot}' && npx --no-install rollcall sample-photos '${folder}/photos')`,
    );
    const located = fillIn(inTheClone, 'ROLLCALL=http://localhost:8000', `ROLLCALL=${proxy.url}`);
    const complete = fillIn(
      located,
      "PASSWORD='the password of the first start'",
      `PASSWORD='${rollcall.admin.password}'`,
    );
    const { stdout } = await run('bash', ['-c', complete], { cwd: folder });
    expect(stdout).toContain('"face_registered":true');
    expect(stdout).toContain('"decision":"match"');

    const last = `set -eu; . ./variables\n${blocks.at(-1) ?? ''}`;
    const answer = await waitUntil('the record is there', async () => {
      const { stdout: text } = await run('bash', ['-c', last], { cwd: folder });
      const envelope = JSON.parse(text) as { data: { status: string; full_name: string; logs: unknown[] }[] };
      return envelope.data[0];
    });
    expect(answer).toMatchObject({ status: 'open', full_name: 'Ada Lovelace' });
    expect(answer.logs).toHaveLength(1);
    expect(proxy.broken).toEqual([]);
    expect(proxy.answered).toContain('POST /faces/recognize 200');
  });
});
