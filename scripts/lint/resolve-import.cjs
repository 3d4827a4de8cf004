// Tells eslint-plugin-boundaries which file an import means. The usual resolver for TypeScript brings a native add-on for
// what is three lines here: `./x.js` is `./x.ts`, a workspace package is its source folder, the rest Node finds.
const { existsSync, realpathSync } = require('node:fs');
const { createRequire, isBuiltin } = require('node:module');
const { dirname, join, resolve } = require('node:path');

exports.interfaceVersion = 2;

/** @param {string} source as written @param {string} file that imports it */
exports.resolve = function resolveImport(source, file) {
  if (isBuiltin(source)) return { found: true, path: null };
  if (source.startsWith('.')) {
    const path = resolve(dirname(file), source);
    const typescript = path.replace(/\.js$/, '.ts');
    return { found: existsSync(typescript), path: typescript };
  }
  const workspace = join(__dirname, '../../node_modules', source.split('/').slice(0, 2).join('/'));
  if (source.startsWith('@rollcall/')) {
    return existsSync(workspace)
      ? { found: true, path: join(realpathSync(workspace), 'src/index.ts') }
      : { found: false };
  }
  try {
    return { found: true, path: createRequire(file).resolve(source) };
  } catch {
    // a package of types only, or one that exports nothing to `require`: from outside in any case
    return { found: false };
  }
};
