import { createValidator, Email, OrganizationSlug } from '@rollcall/contracts';
import { Type } from '@sinclair/typebox';
import { InvalidArgumentError, type Command } from 'commander';
import { readLocalConfig } from '../local/local-config.js';
import { printResult, type CommandContext } from './command-context.js';

interface CreateOptions {
  readonly name?: string;
  readonly email: string;
  readonly timezone: string;
  readonly json?: boolean;
}

export function addOrganizationCommands(program: Command, context: CommandContext): void {
  program
    .command('organization')
    .description('the organizations of this installation; on the machine it runs on')
    .command('create')
    .description('make a further organization with an administrator; its password is shown once')
    .argument('<slug>', 'its short name at the sign-in: small letters, digits and hyphens', checkSlug)
    .option('--name <name>', 'its full name; the slug when not given', checkName)
    .option('--email <address>', 'of its administrator', checkEmail, 'admin@rollcall.local')
    .option('--timezone <name>', 'IANA name; that of this machine when not given', checkTimeZone, ownTimeZone())
    .option('--json', 'print the result as JSON')
    .action((slug: string, options: CreateOptions) => create(slug, options, context));
}

/** Who may read the installation's secrets may do anything to its database: no sign-in is asked for, and none could be. */
async function create(slug: string, options: CreateOptions, context: CommandContext): Promise<void> {
  // Loaded only here: it brings the database along, which no other command needs.
  const { createOrganization, openInstallation } = await import('@rollcall/db');
  const { stateDir, databaseUrl } = readLocalConfig();
  const installation = await openInstallation({ stateDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  try {
    const { name = slug, timezone, email: adminEmail } = options;
    const input = { slug, name, timezone, adminEmail, actor: 'system:cli' };
    const { organizationId, email, password } = await createOrganization(installation.ownerUrl, input);
    const result = { organization_id: organizationId, slug, name, timezone, email, password };
    printResult(context, options, [result], () =>
      [
        `Organization ${name} (${slug}) is there, in the time zone ${timezone}.`,
        '',
        `  email         ${email}`,
        `  password      ${password}`,
        `  organization  ${slug}`,
        '',
        'The password is shown only now. Sign in:',
        `  npx rollcall login --email ${email} --organization ${slug}`,
      ].join('\n'),
    );
  } finally {
    await installation.close();
  }
}

function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const isSlug = createValidator(Type.Object({ text: OrganizationSlug }));
const isEmail = createValidator(Type.Object({ text: Email }));

function checkSlug(text: string): string {
  if (!isSlug({ text }).ok) throw new InvalidArgumentError('small letters, digits and hyphens, 63 at most.');
  return text;
}

function checkEmail(text: string): string {
  if (!isEmail({ text }).ok) throw new InvalidArgumentError('an e-mail address is wanted.');
  return text;
}

function checkName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 200) throw new InvalidArgumentError('1 to 200 characters are wanted.');
  return name;
}

function checkTimeZone(text: string): string {
  try {
    // An offset is no place: it knows no summer time.
    if (/^[A-Za-z]/.test(text)) {
      const { timeZone } = Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
      // Europe/Berlin for europe/berlin, but not Asia/Calcutta for Asia/Kolkata.
      return timeZone.toLowerCase() === text.toLowerCase() ? timeZone : text;
    }
  } catch {
    // Not a time zone.
  }
  throw new InvalidArgumentError('an IANA name is wanted, such as Europe/Berlin.');
}
