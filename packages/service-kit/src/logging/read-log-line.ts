/** One line of the system log, as `write_system_logs` takes it. */
export interface SystemLogLine {
  readonly level: 'warn' | 'error' | 'fatal';
  readonly service: string;
  readonly code: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly occurred_at: string;
  readonly organization_id?: string;
  readonly repeats: number;
}

const LEVELS: ReadonlySet<unknown> = new Set(['warn', 'error', 'fatal']);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const CODE = /^[A-Z][A-Z0-9_]{0,79}$/;
/** A password in a URL, a token after its scheme: texts of others (error messages) that redaction by name cannot see. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*:)[^\s@"]+@/gi;
const BEARER = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi;
const LONGEST_STACK = 2_000;

/**
 * Makes a line of the system log of a line of the logger, which has hidden passwords, tokens and images by name already.
 * Undefined for what is below a warning or no line at all.
 */
export function readLogLine(text: string): SystemLogLine | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text, (_name, value: unknown) =>
      typeof value === 'string' ? cleanse(value) : value,
    ) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { level, time, service, pid: _pid, msg, code, organization_id, organizationId, ...rest } = fields;
  if (!LEVELS.has(level)) return undefined;
  const message = typeof msg === 'string' ? msg : '';
  const organization = organization_id ?? organizationId;
  return {
    level: level as SystemLogLine['level'],
    service: typeof service === 'string' ? service : 'unknown',
    code: codeOf(code, message),
    message,
    context: shortenStack({ ...rest, ...(code !== undefined && !isCode(code) && { code }) }),
    occurred_at: typeof time === 'string' ? time : new Date().toISOString(),
    ...(typeof organization === 'string' && UUID.test(organization) && { organization_id: organization }),
    repeats: 1,
  };
}

function cleanse(text: string): string {
  // A NUL and half a character pair are what a database cannot hold.
  const sound = text.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '?');
  return sound.replaceAll(URL_PASSWORD, '$1[redacted]@').replaceAll(BEARER, '$1 [redacted]');
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && CODE.test(value);
}

/** The line's own code, or its words as one: they do not change from line to line. */
function codeOf(code: unknown, message: string): string {
  if (isCode(code)) return code;
  const words = message
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '')
    .slice(0, 80);
  return words === '' ? 'UNNAMED' : words;
}

function shortenStack(context: Record<string, unknown>): Record<string, unknown> {
  const { err } = context;
  if (typeof err !== 'object' || err === null || !('stack' in err) || typeof err.stack !== 'string') return context;
  return { ...context, err: { ...err, stack: err.stack.slice(0, LONGEST_STACK) } };
}
