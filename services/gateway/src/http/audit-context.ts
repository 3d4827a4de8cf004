import type { Call } from './call.js';

/** Where a change came from: stands in the details of every audit row. */
export function auditContext(call: Pick<Call, 'requestId' | 'address' | 'headers'>): Readonly<Record<string, unknown>> {
  const agent = call.headers['user-agent'];
  return {
    request_id: call.requestId,
    address: call.address,
    ...(agent !== undefined && { user_agent: agent.slice(0, 200) }),
  };
}
