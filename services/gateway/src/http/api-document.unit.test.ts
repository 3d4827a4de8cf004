import { readFileSync } from 'node:fs';
import { commonErrors, operationList, outsideErrors } from '@rollcall/contracts';
import { errorTable } from '@rollcall/service-kit';
import { describe, expect, it } from 'vitest';

const document = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8');

function section(name: string): string[] {
  const [, content = ''] = new RegExp(`<!-- ${name} -->\n([^]*)<!-- /${name} -->`).exec(document) ?? [];
  return content.trim().split('\n');
}

describe('docs/api.md', () => {
  it('has a row for every call, as the contract has it', () => {
    const rows = operationList.map(({ method, path, access, summary }) => {
      const who = access === 'public' ? 'anybody' : access.join(', ');
      return `| \`${method.toUpperCase()} ${path}\` | ${who} | ${summary} |`;
    });
    expect(section('calls')).toEqual(['| call | who | does |', '|---|---|---|', ...rows]);
  });

  it('has a row for every error a call can end with, as the error table has it', () => {
    const used = new Set([
      ...outsideErrors,
      ...operationList.flatMap((o) => [...commonErrors(o), ...(o.errors ?? [])]),
    ]);
    const rows = Object.entries(errorTable)
      .filter(([code]) => used.has(code))
      .map(
        ([code, { status, retryable, message }]) =>
          `| \`${code}\` | ${status} | ${retryable ? 'again' : ''} | ${message} |`,
      );
    expect(section('errors')).toEqual(['| code | status | | says |', '|---|---|---|---|', ...rows]);
  });
});
