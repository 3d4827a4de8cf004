import type { RequestTraceOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** How many events and notifications after a decision are looked through for what follows from it. */
const LOOKED_THROUGH = 10_000;

/**
 * The way of one frame or enrolment of the transaction's organization; undefined when there is none. One statement, so one
 * snapshot. Derived events are found by their cause and notifications by their event, each among the first after the
 * decision: there is no index on either.
 */
export async function traceRequest(client: ClientBase, id: string): Promise<RequestTraceOut | undefined> {
  const { rows } = await client.query<{ trace: RequestTraceOut | null }>({
    name: 'trace-request',
    text: 'select trace_request($1, $2) as trace',
    values: [id, LOOKED_THROUGH],
  });
  const trace = rows[0]?.trace;
  return trace === null || trace === undefined ? undefined : withIsoTimes(trace);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Times as everywhere in the API: the database's JSON has microseconds and an offset. */
function withIsoTimes<Value>(value: Value): Value {
  if (typeof value === 'string') return (TIME.test(value) ? new Date(value).toISOString() : value) as Value;
  if (Array.isArray(value)) return value.map(withIsoTimes) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withIsoTimes(part)])) as Value;
}
