import { execFileSync } from 'node:child_process';
import { SetUpError } from '../set-up-error.mjs';

/**
 * Versions of installed Debian packages.
 * @param {readonly string[]} packages
 * @returns {Record<string, string>}
 */
export function systemPackageVersions(packages) {
  try {
    const output = execFileSync('dpkg-query', ['-W', '-f', '${Package} ${Version}\n', ...packages], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Object.fromEntries(
      output
        .trim()
        .split('\n')
        .map((line) => line.split(' ')),
    );
  } catch (cause) {
    throw new SetUpError(
      `system packages are missing: sudo apt-get install --no-install-recommends ${packages.join(' ')}`,
      {
        cause,
      },
    );
  }
}
