import type { DatabaseSecrets } from './database-secrets.js';

/** A login role of the installation: its name, its password, and what it may act as. */
export interface LoginRole {
  readonly name: string;
  readonly password: string;
  /** Group roles it belongs to. */
  readonly groups: readonly string[];
  /** Settings of its sessions. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface LoginRoles {
  readonly owner: LoginRole;
  readonly gateway: LoginRole;
  readonly system: LoginRole;
}

/** Cluster-wide roles that own or may use things; nobody logs in as one of them. */
export const groupRoles = ['rollcall_owner', 'rollcall_gateway', 'rollcall_system', 'rollcall_scheduler'] as const;

/** Short queries only: compiling them costs more than it saves. */
const bounded = { statement_timeout: '30s', idle_in_transaction_session_timeout: '15s', jit: 'off' };

export function loginRoles(secrets: DatabaseSecrets): LoginRoles {
  const name = (group: string): string => `${group}_${secrets.suffix}`;
  return {
    owner: {
      name: name('rollcall_owner'),
      password: secrets.owner,
      groups: ['rollcall_owner', 'rollcall_scheduler'],
      // Migrations may take their time; no transaction may be forgotten open.
      settings: { idle_in_transaction_session_timeout: '60s' },
    },
    gateway: {
      name: name('rollcall_gateway'),
      password: secrets.gateway,
      groups: ['rollcall_gateway'],
      settings: bounded,
    },
    system: { name: name('rollcall_system'), password: secrets.system, groups: ['rollcall_system'], settings: bounded },
  };
}

/** The URL of a database for one of the roles, optionally acting as a group role from the first statement on. */
export function urlFor(serverUrl: string, role: LoginRole, actAs?: string): string {
  const url = new URL(serverUrl);
  url.username = role.name;
  url.password = role.password;
  if (actAs === undefined) url.searchParams.delete('options');
  else url.searchParams.set('options', `-c role=${actAs}`);
  return url.href;
}
