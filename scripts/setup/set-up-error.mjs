/** A failure the reader can act on: its message is one line that says what to do. Printed without a stack. */
export class SetUpError extends Error {
  /** @param {string} message what to do @param {{ details?: string, cause?: unknown }} [options] details: the tool's last output */
  constructor(message, { details, cause } = {}) {
    super(message, { cause });
    this.name = 'SetUpError';
    this.details = details;
  }
}
