import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../setup/paths.mjs';
import { eventTypesSection } from './event-types.mjs';

const BEGIN = '<!-- event types: generated from packages/contracts by scripts/generate-docs.mjs -->';
const END = '<!-- /event types -->';

/** docs/events.md as it stands, with the list of types made anew between its marks. */
export async function eventsPage() {
  const page = await readFile(join(root, 'docs/events.md'), 'utf8');
  const { eventPayloads } = await import(pathToFileURL(join(root, 'packages/contracts/dist/index.js')).href);
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error('docs/events.md has lost the marks around its list of types');
  return `${before}${BEGIN}\n\n${eventTypesSection(eventPayloads)}\n${END}${after}`;
}
