/** What the cluster is for: an installation keeps what it acknowledges, a throwaway cluster is gone after the test. */
export type ClusterPurpose = 'installation' | 'throwaway';

const common: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // No socket file: its path has a length limit and would need a private folder that all parties can enter.
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %q%u@%d ',
  // Short queries only: compiling them costs more than it saves.
  jit: 'off',
  random_page_cost: '1.1',
  // A transaction forgotten open would hold back every reader of the event log, in all databases of the cluster.
  idle_in_transaction_session_timeout: '60s',
};

const purposes: Readonly<Record<ClusterPurpose, Readonly<Record<string, string>>>> = {
  installation: {
    shared_buffers: '128MB',
    max_connections: '100',
    max_wal_size: '1GB',
    checkpoint_timeout: '15min',
    log_checkpoints: 'off',
    // Queue tables change all their rows within seconds.
    autovacuum_naptime: '20s',
  },
  throwaway: {
    shared_buffers: '64MB',
    max_connections: '200',
    fsync: 'off',
    // Not waiting for the disk is what makes it quick; commits go out of the process, so that a restart finds all of them.
    synchronous_commit: 'on',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    log_checkpoints: 'off',
    // Its snapshots would move the horizon of the event log's readers at moments no test can foresee.
    autovacuum: 'off',
  },
};

/** The text of `rollcall.conf`, written anew at every start. */
export function settingsFile(purpose: ClusterPurpose, overrides: Readonly<Record<string, string>> = {}): string {
  const settings = { ...common, ...purposes[purpose], ...overrides };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return ['# Written at every start. Your own settings belong into local.conf beside this file.', ...lines, ''].join(
    '\n',
  );
}
