import pg from 'pg';
import { groupRoles, type LoginRoles } from './login-roles.js';
import { scramVerifier } from './scram-verifier.js';

const name = (identifier: string): string => pg.escapeIdentifier(identifier);
const text = (value: string): string => pg.escapeLiteral(value);

export interface ProvisioningOptions {
  readonly database: string;
  /** 15, 18 … */
  readonly serverVersion: number;
  readonly roles: LoginRoles;
}

/**
 * What an installation needs of a server, as statements that may be run again at any time: the group roles, its login
 * roles, and their rights on the database. To be run by a superuser, or by the owner of the database with CREATEROLE.
 * Holds no password, only what Postgres stores of it.
 */
export function provisioningSql({ database, serverVersion, roles }: ProvisioningOptions): string {
  const logins = [roles.owner, roles.gateway, roles.system];
  return [
    '-- Rollcall: roles and rights. Safe to run again.',
    ...groupRoles.map((role) => createIfAbsent(name(role), 'nologin')),
    // Owns what graphile-worker makes; its own row-level security lets its owner's members through only.
    `grant rollcall_scheduler to rollcall_system;`,
    // Says how long others' transactions run; without it the health page only names them. Not every account may grant it.
    'do $$ begin grant pg_read_all_stats to rollcall_owner; exception when insufficient_privilege then null; end $$;',
    ...logins.flatMap((login) => {
      const role = name(login.name);
      const settings = { ...login.settings, ...(serverVersion >= 17 ? { transaction_timeout: '120s' } : {}) };
      // Migrations build indexes: they are bounded by their operator, not by a clock.
      const kept = Object.entries(settings).filter(([key]) => login !== roles.owner || key !== 'transaction_timeout');
      return [
        createIfAbsent(role, 'login'),
        `alter role ${role} login password ${text(scramVerifier(login.password))};`,
        `grant ${login.groups.map((group) => name(group)).join(', ')} to ${role};`,
        ...kept.map(([key, value]) => `alter role ${role} set ${key} = ${text(value)};`),
      ];
    }),
    `grant connect on database ${name(database)} to ${groupRoles.join(', ')};`,
    `grant create on database ${name(database)} to rollcall_owner, rollcall_scheduler;`,
    // A replay is checked in temporary tables.
    `grant temporary on database ${name(database)} to rollcall_system;`,
    'grant usage, create on schema public to rollcall_owner;',
    'grant usage on schema public to rollcall_gateway, rollcall_system, rollcall_scheduler;',
    '',
  ].join('\n');
}

function createIfAbsent(role: string, kind: 'login' | 'nologin'): string {
  // Two installations may be made in one cluster at once: the second finds the role, or runs into its creation.
  return `do $$ begin create role ${role} ${kind}; exception when duplicate_object or unique_violation then null; end $$;`;
}
