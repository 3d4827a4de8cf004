import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commonErrors, operationList, outsideErrors } from '@rollcall/contracts';
import { errorTable } from '@rollcall/service-kit';
import { root } from '../setup/paths.mjs';

/** docs/api.md with its two tables as contract and error table have them; the words around them are written by hand. */
export async function apiPage() {
  const page = await readFile(join(root, 'docs/api.md'), 'utf8');
  return fill(fill(page, 'calls', callsTable()), 'errors', errorsTable());
}

function fill(page, name, lines) {
  const section = new RegExp(`(<!-- ${name} -->\n)[^]*(<!-- /${name} -->)`);
  if (!section.test(page)) throw new Error(`docs/api.md has no section ${name}`);
  return page.replace(section, (_whole, begin, end) => `${begin}${lines.join('\n')}\n${end}`);
}

function callsTable() {
  const rows = operationList.map(({ method, path, access, summary }) => {
    const who = access === 'public' ? 'anybody' : access.join(', ');
    return `| \`${method.toUpperCase()} ${path}\` | ${who} | ${summary} |`;
  });
  return ['| call | who | does |', '|---|---|---|', ...rows];
}

function errorsTable() {
  const used = new Set([...outsideErrors, ...operationList.flatMap((o) => [...commonErrors(o), ...(o.errors ?? [])])]);
  const rows = Object.entries(errorTable)
    .filter(([code]) => used.has(code))
    .map(
      ([code, { status, retryable, message }]) =>
        `| \`${code}\` | ${status} | ${retryable ? 'again' : ''} | ${message} |`,
    );
  return ['| code | status | | says |', '|---|---|---|---|', ...rows];
}
