/** A backup or a restore could not be made. The message is one line that says what is wrong and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
