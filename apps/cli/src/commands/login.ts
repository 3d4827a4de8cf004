import type { Command } from 'commander';
import { ApiClient } from '../api/api-client.js';
import { DEFAULT_URL } from '../config.js';
import { forgetSession, loadSession, sessionFile, storeSession, toStoredSession } from '../session/session-store.js';
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
      'log in and keep the login until it is not used for two weeks; the password is asked for, or read from ROLLCALL_PASSWORD',
    )
    .option('--url <address>', `where Rollcall answers (ROLLCALL_URL, else ${DEFAULT_URL})`)
    .option('--email <address>', `whom to log in as (ROLLCALL_EMAIL, else ${DEFAULT_EMAIL})`)
    .option('--organization <slug>', 'only needed where one address is known in several organizations')
    .action((options: LoginOptions) => logIn(options, context));
  program
    .command('logout')
    .description('end the kept login')
    .action(() => logOut(context));
}

async function logIn(options: LoginOptions, { config, askPassword, tell }: CommandContext): Promise<void> {
  const url = options.url ?? config.ROLLCALL_URL ?? DEFAULT_URL;
  const email = options.email ?? config.ROLLCALL_EMAIL ?? DEFAULT_EMAIL;
  const organization = options.organization ?? config.ROLLCALL_ORGANIZATION;
  const password = config.ROLLCALL_PASSWORD ?? (await askPassword(`Password of ${email}: `));
  const client = new ApiClient({ baseUrl: url });
  const tokens = await client.login({ email, password, ...(organization === undefined ? {} : { organization }) });
  const { refresh_expires_at, user } = tokens;
  await storeSession(sessionFile(config.XDG_CONFIG_HOME), toStoredSession(url, email, tokens));
  const until = `until ${refresh_expires_at}, longer when it is used`;
  tell(`Logged in at ${url} as ${user.full_name} (${user.role}) of ${user.organization.name}, ${until}.`);
}

/** Forgets the login also when Rollcall cannot be told: nobody else has it. */
async function logOut({ config, tell }: CommandContext): Promise<void> {
  const file = sessionFile(config.XDG_CONFIG_HOME);
  const stored = await loadSession(file);
  await forgetSession(file);
  if (stored?.refresh_token === undefined) return;
  try {
    await new ApiClient({ baseUrl: stored.url }).logout(stored.refresh_token);
  } catch {
    tell(`${stored.url} could not be told; there the login ends by itself.`);
  }
}
