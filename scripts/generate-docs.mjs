// Writes the documents that are made from code: .env.example, docs/configuration.md, docs/events.md and the tables of docs/api.md. With --check nothing is written,
// and a document that is out of step fails. Needs a build.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiPage } from './docs/api-page.mjs';
import { clientTypes } from './docs/client-types.mjs';
import { configurationPage, envExample } from './docs/configuration-page.mjs';
import { eventsPage } from './docs/events-page.mjs';
import { root } from './setup/paths.mjs';

const documents = {
  '.env.example': await envExample(),
  'docs/api.md': await apiPage(),
  'docs/configuration.md': await configurationPage(),
  'docs/events.md': await eventsPage(),
  'packages/client/src/generated/openapi.ts': await clientTypes(),
};

let stale = 0;
for (const [path, text] of Object.entries(documents)) {
  const file = join(root, path);
  const present = await readFile(file, 'utf8').catch(() => '');
  if (present === text) {
    process.stdout.write(`✔ ${path} is in step\n`);
  } else if (process.argv.includes('--check')) {
    stale += 1;
    process.stdout.write(`✘ ${path} is out of step with the code: node scripts/generate-docs.mjs\n`);
  } else {
    await writeFile(file, text);
    process.stdout.write(`✔ ${path} written\n`);
  }
}
process.exitCode = stale === 0 ? 0 : 1;
