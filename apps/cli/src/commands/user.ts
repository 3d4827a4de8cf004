import type { UserOut } from '@rollcall/contracts';
import type { Command } from 'commander';
import { formatTable } from '../output/format-table.js';
import { printResult, type CommandContext } from './command-context.js';

interface AddOptions {
  readonly code?: string;
  readonly email?: string;
  readonly department?: string;
  readonly json?: boolean;
}

export function addUserCommands(program: Command, context: CommandContext): void {
  const user = program.command('user').description('the people whose attendance is kept');
  user
    .command('add')
    .description('add a person; prints the id')
    .argument('<name>', 'full name')
    .option('--code <code>', 'employee code')
    .option('--email <address>')
    .option('--department <name>')
    .option('--json', 'print the whole user as JSON')
    .action((name: string, options: AddOptions) => addUser(name, options, context));
  user
    .command('list')
    .description('list people')
    .option('--search <text>', 'part of the name or address, or the employee code')
    .option('--json', 'one JSON object a line')
    .action((options: { search?: string; json?: boolean }) => listUsers(options, context));
}

async function addUser(fullName: string, options: AddOptions, context: CommandContext): Promise<void> {
  const { client } = await context.openSession();
  const { code, email, department } = options;
  const created = await client.createUser(
    {
      full_name: fullName,
      ...(code === undefined ? {} : { employee_code: code }),
      ...(email === undefined ? {} : { email }),
      ...(department === undefined ? {} : { department }),
    },
    { idempotencyKey: context.newKey() },
  );
  printResult(context, options, [created], () => created.user_id);
}

async function listUsers(options: { search?: string; json?: boolean }, context: CommandContext): Promise<void> {
  const { client } = await context.openSession();
  const users: UserOut[] = [];
  for await (const user of client.listUsers(options.search)) users.push(user);
  printResult(context, options, users, () => formatTable(['ID', 'NAME', 'CODE', 'ROLE', 'FACES'], users.map(toRow)));
}

function toRow(user: UserOut): string[] {
  return [user.user_id, user.full_name, user.employee_code ?? '', user.role, String(user.face_count)];
}
