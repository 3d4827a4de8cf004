/** What every line of a service has, and a reader at a terminal does not need. */
const OMITTED = new Set(['level', 'time', 'msg', 'service', 'pid']);

/**
 * A service's JSON log line for people: `12:01:02 info  the gateway listens  host=127.0.0.1 port=8000`. What is no JSON log line
 * comes back as it is.
 * @param {string} line
 * @returns {string}
 */
export function formatLogLine(line) {
  const entry = parse(line);
  if (!entry) return line;
  const time = new Date(entry.time).toTimeString().slice(0, 8);
  const details = Object.entries(entry)
    .filter(([name]) => !OMITTED.has(name))
    .map(([name, value]) => (name === 'err' && value?.stack ? `\n${value.stack}` : `${name}=${asText(value)}`));
  return [time, String(entry.level).padEnd(5), `${entry.msg} `, ...details].join(' ').trimEnd();
}

function parse(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    const isLog = typeof entry.msg === 'string' && entry.level !== undefined && !Number.isNaN(Date.parse(entry.time));
    return isLog ? entry : undefined;
  } catch {
    return undefined;
  }
}

function asText(value) {
  return typeof value === 'string' && !/[\s"]/.test(value) ? value : JSON.stringify(value);
}
