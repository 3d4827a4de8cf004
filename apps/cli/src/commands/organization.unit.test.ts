import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from './command-context.js';
import { addOrganizationCommands } from './organization.js';

/** Refused while arguments are read: no database is opened. */
async function refusalOf(...given: string[]): Promise<string> {
  const program = new Command();
  const said: string[] = [];
  addOrganizationCommands(program, {} as CommandContext);
  const create = program.commands[0]?.commands[0];
  create?.exitOverride().configureOutput({ writeErr: (line) => void said.push(line) });
  await expect(program.parseAsync(['organization', 'create', ...given], { from: 'user' })).rejects.toMatchObject({
    code: 'commander.invalidArgument',
  });
  return said.join('');
}

describe('organization create', () => {
  it.each([
    ['a slug that is no word of an address', ['Example Works'], /small letters/],
    ['a slug that is too long', ['x'.repeat(64)], /63 at most/],
    ['an empty name', ['works', '--name', ' '], /characters are wanted/],
    ['no e-mail address', ['works', '--email', 'ada'], /e-mail address/],
    ['no time zone', ['works', '--timezone', 'Mars/Olympus'], /IANA name/],
    ['an offset for a time zone', ['works', '--timezone', '+01:00'], /IANA name/],
  ])('refuses %s', async (_what, given, said) => {
    expect(await refusalOf(...given)).toMatch(said);
  });
});
