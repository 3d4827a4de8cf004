import type { Command } from 'commander';
import { ApiClient } from '../api/api-client.js';
import { DEFAULT_URL } from '../config.js';
import { forgetSession, sessionFile, storeSession } from '../session/session-store.js';
import type { CommandContext } from './command-context.js';

interface LoginOptions {
  readonly url?: string;
  readonly email?: string;
  readonly organization?: string;
}

const DEFAULT_EMAIL = 'admin@rollcall.local';

export function addLoginCommands(program: Command, context: CommandContext): void {
  program
    .command('login')
    .description(
      'log in and keep the login until it runs out; the password is asked for, or read from ROLLCALL_PASSWORD',
    )
    .option('--url <address>', `where Rollcall answers (ROLLCALL_URL, else ${DEFAULT_URL})`)
    .option('--email <address>', `whom to log in as (ROLLCALL_EMAIL, else ${DEFAULT_EMAIL})`)
    .option('--organization <slug>', 'only needed where one address is known in several organizations')
    .action((options: LoginOptions) => logIn(options, context));
  program
    .command('logout')
    .description('forget the kept login')
    .action(() => forgetSession(sessionFile(context.config.XDG_CONFIG_HOME)));
}

async function logIn(options: LoginOptions, { config, askPassword, tell }: CommandContext): Promise<void> {
  const url = options.url ?? config.ROLLCALL_URL ?? DEFAULT_URL;
  const email = options.email ?? config.ROLLCALL_EMAIL ?? DEFAULT_EMAIL;
  const organization = options.organization ?? config.ROLLCALL_ORGANIZATION;
  const password = config.ROLLCALL_PASSWORD ?? (await askPassword(`Password of ${email}: `));
  const client = new ApiClient({ baseUrl: url });
  const tokens = await client.login({ email, password, ...(organization === undefined ? {} : { organization }) });
  const { access_token, expires_at, user } = tokens;
  const { timezone } = user.organization;
  await storeSession(sessionFile(config.XDG_CONFIG_HOME), { url, email, access_token, expires_at, timezone });
  tell(`Logged in at ${url} as ${user.full_name} (${user.role}) of ${user.organization.name}, until ${expires_at}.`);
}
