import { access, constants } from 'node:fs/promises';
import { root } from './paths.mjs';
import { SetUpError } from './set-up-error.mjs';

/** Stops with one line where Rollcall cannot run at all. */
export async function checkMachine() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const served = major === 20 ? minor >= 19 : major === 22 ? minor >= 12 : major > 22;
  if (!served)
    throw new SetUpError(`Node ${process.versions.node} is too old: install Node 20 from 20.19, or 22.12 or later`);
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new SetUpError(
      `Rollcall runs on Linux (x64, arm64), this is ${process.platform} ${process.arch}: use WSL2 on Windows, or the Docker image`,
    );
  }
  await access(root, constants.W_OK).catch(() => {
    throw new SetUpError(`${root} cannot be written by this user: clone into a folder of your own`);
  });
}
