/** Postgres could not be set up or started. The message is one line that says what is wrong and what to do. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}
