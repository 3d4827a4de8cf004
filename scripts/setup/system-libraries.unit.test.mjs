import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installSystemLibraries } from './system-libraries.mjs';

const PACKAGES = [
  ...['g++', 'libopencv-core-dev', 'libopencv-imgproc-dev', 'libopencv-imgcodecs-dev', 'libopencv-objdetect-dev'],
  ...['libopencv-highgui-dev', 'libopencv-videoio-dev', 'libfaiss-dev', 'libopenblas-dev', 'opencv-data'],
];

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-apt-'));
  vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Stands in for a system program; its calls are noted in a file. */
async function program(name, script) {
  await writeFile(join(folder, name), `#!/bin/sh\necho "${name} $*" >> ${folder}/calls\n${script}\n`, { mode: 0o755 });
}
const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
const installed = (names) => program('dpkg-query', names.map((name) => `echo "${name} installed"`).join('\n'));

describe('installSystemLibraries', () => {
  it('asks for nothing when everything is installed', async () => {
    await installed(PACKAGES);
    expect(await installSystemLibraries(() => undefined)).toBe('there already');
  });

  it('prints the line to run for a user who may not install', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    await installed(PACKAGES.filter((name) => name !== 'libfaiss-dev'));
    await program('sudo', 'exit 1');
    await expect(installSystemLibraries(() => undefined)).rejects.toThrow(
      "Run: sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends libfaiss-dev'",
    );
  });

  it('does not take a package for installed that was only configured once', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    await program('dpkg-query', 'echo "libfaiss-dev config-files"');
    await program('sudo', 'exit 1');
    await expect(installSystemLibraries(() => undefined)).rejects.toThrow('libfaiss-dev');
  });

  it('installs what is missing, and fetches the lists when they are too old', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(0);
    await installed(PACKAGES.filter((name) => name !== 'g++'));
    await program('apt-get', `case "$*" in *update*) touch ${folder}/fresh;; *) test -e ${folder}/fresh;; esac`);
    expect(await installSystemLibraries(() => undefined)).toBe('1 packages installed');
    expect(
      (await calls()).filter((call) => call.startsWith('apt-get')).map((call) => /install|update/.exec(call)?.[0]),
    ).toEqual(['install', 'update', 'install']);
  });

  it('uses sudo where it asks for no password', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    await installed(PACKAGES.filter((name) => name !== 'g++'));
    await program('sudo', 'exit 0');
    expect(await installSystemLibraries(() => undefined)).toBe('1 packages installed');
    expect((await calls()).at(-1)).toMatch(/^sudo -n env DEBIAN_FRONTEND=noninteractive apt-get .*install .* g\+\+$/);
  });

  it('says which systems are served where there is no dpkg', async () => {
    vi.stubEnv('PATH', folder);
    await expect(installSystemLibraries(() => undefined)).rejects.toThrow('no Debian or Ubuntu');
  });
});
