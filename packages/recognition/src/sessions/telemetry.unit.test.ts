import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const session = new URL('../../dist/sessions/onnx-session.js', import.meta.url).href;
const model = fileURLToPath(new URL('../../../../models/fr_landmark.onnx', import.meta.url));

/** Opens a session in a process of its own and tells what the runtime left in the temporary folder. */
async function traces(script: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-telemetry-'));
  try {
    const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder };
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env, cwd: process.cwd() });
    return await readdir(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it('the runtime leaves no trace of its telemetry client', async () => {
  const opens = `import { readFileSync } from 'node:fs';
    const { openSession } = await import(${JSON.stringify(session)});
    await (await openSession(readFileSync(${JSON.stringify(model)}), 'model')).release();`;
  expect(await traces(opens)).toEqual([]);
});
