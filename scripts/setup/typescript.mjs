import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digest } from './native/cache.mjs';
import { root, stampFolder } from './paths.mjs';
import { lastLines, runCommand } from './run-command.mjs';
import { SetUpError } from './set-up-error.mjs';

const SOURCE = /\.(ts|tsx|mts|json)$/;
const stampFile = join(stampFolder, 'typescript');

/**
 * `tsc --build`, which only compiles what changed; left out altogether when no source changed since the last time.
 * @param {(text: string) => void} tell
 */
export async function compileTypescript(tell) {
  const projects = await referencedProjects();
  const state = await sourceState(projects);
  const compiled = projects.every((project) => existsSync(join(root, project, 'dist')));
  if (compiled && (await readFile(stampFile, 'utf8').catch(() => '')) === state) return 'there already';
  tell('tsc --build');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { code, output } = await runCommand(process.execPath, [tsc, '--build'], { cwd: root });
  if (code !== 0) {
    throw new SetUpError('compiling failed: put the errors above right (npx tsc --build shows them all)', {
      details: lastLines(output, 25),
    });
  }
  await mkdir(dirname(stampFile), { recursive: true });
  await writeFile(stampFile, state);
  return 'compiled';
}

async function referencedProjects() {
  const { references } = JSON.parse(await readFile(join(root, 'tsconfig.json'), 'utf8'));
  return references.map(({ path }) => path);
}

/** Names, sizes and times of everything the compiler reads, as one hash. */
async function sourceState(projects) {
  const files = ['tsconfig.json', 'tsconfig.base.json', 'node_modules/.package-lock.json'];
  for (const project of projects) {
    files.push(join(project, 'tsconfig.json'), join(project, 'package.json'));
    const found = await readdir(join(root, project, 'src'), { recursive: true }).catch(() => []);
    files.push(...found.filter((file) => SOURCE.test(file)).map((file) => join(project, 'src', file)));
  }
  const lines = await Promise.all(
    files.sort().map(async (file) => {
      const { size, mtimeMs } = await stat(join(root, file)).catch(() => ({ size: 0, mtimeMs: 0 }));
      return `${file} ${size} ${mtimeMs}`;
    }),
  );
  return digest(lines.join('\n'));
}
