import { lastLines, runCommand } from './run-command.mjs';
import { SetUpError } from './set-up-error.mjs';

/** Debian and Ubuntu packages: the compiler, what opencv4nodejs and our FAISS binding are built against, Haar cascades. */
const PACKAGES = [
  'g++',
  'libopencv-core-dev',
  'libopencv-imgproc-dev',
  'libopencv-imgcodecs-dev',
  'libopencv-objdetect-dev',
  'libopencv-highgui-dev',
  'libopencv-videoio-dev',
  'libfaiss-dev',
  'libopenblas-dev',
  'opencv-data',
];

/**
 * Installs the system packages that are missing: as root or by passwordless sudo, else it stops and prints the line to run.
 * @param {(text: string) => void} tell
 */
export async function installSystemLibraries(tell) {
  const missing = await missingPackages();
  if (missing.length === 0) return 'there already';
  const line = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  const prefix = await rootPrefix();
  if (prefix === undefined) {
    throw new SetUpError(`system packages are missing and this user may not install them. Run: sudo sh -c '${line}'`);
  }
  // The lists are often there and fresh enough; where they are not, the first try fails at once.
  let result = await aptGet(prefix, ['install', '-y', '--no-install-recommends', ...missing], tell);
  if (result.code !== 0) {
    tell('fetching package lists');
    await aptGet(prefix, ['update'], tell);
    result = await aptGet(prefix, ['install', '-y', '--no-install-recommends', ...missing], tell);
  }
  if (result.code !== 0) {
    throw new SetUpError(
      `apt could not install the system packages. Try: ${[...prefix, ''].join(' ')}sh -c '${line}'`,
      {
        details: lastLines(result.output),
      },
    );
  }
  return `${missing.length} packages installed`;
}

async function missingPackages() {
  const { code, output } = await runCommand('dpkg-query', [
    '-W',
    '-f',
    '${Package} ${db:Status-Status}\n',
    ...PACKAGES,
  ]);
  if (code === null) {
    throw new SetUpError('this is no Debian or Ubuntu (no dpkg-query): use one of them, WSL2, or the Docker image');
  }
  const installed = new Set(
    output
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return PACKAGES.filter((name) => !installed.has(name));
}

/** What to put before apt-get, or undefined when this user may not run it. */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const { code } = await runCommand('sudo', ['-n', 'true']);
  return code === 0 ? ['sudo', '-n'] : undefined;
}

function aptGet(prefix, args, tell) {
  // `env` inside sudo, which drops the environment. Another apt (a new machine's first upgrade) is waited for.
  const command = [
    ...prefix,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-o',
    'DPkg::Lock::Timeout=600',
    ...args,
  ];
  let unpacked = 0;
  let expected = '?';
  return runCommand(command[0], command.slice(1), {
    onLine: (line) => {
      expected = /(\d+) newly installed/.exec(line)?.[1] ?? expected;
      if (line.startsWith('Unpacking ')) tell(`unpacked ${++unpacked} of ${expected} packages`);
      else if (/^(Get|Setting up|Preparing to)/.test(line) === false) return;
      else if (line.startsWith('Get:')) tell('fetching');
      else if (line.startsWith('Setting up')) tell('setting up');
    },
  });
}
