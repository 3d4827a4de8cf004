import type { ServiceName } from '@rollcall/testkit/rollcall';
import type { HeldConnections } from '../stage/database-routes.js';

const everyProcess = { 'rollcall system log': 1, 'rollcall-doorbell': 1 };

/**
 * How many connections a process of each kind may hold under each name: the size of its pools, and one that listens. As set
 * in `compose-pools.ts` of the gateway and `composition-root.ts` of the others; a pool made larger has to be told here.
 */
export const connectionLimits: Readonly<Record<ServiceName, Readonly<Record<string, number>>>> = {
  gateway: {
    'rollcall-gateway': 10,
    'rollcall-gateway frames': 4,
    'rollcall-gateway keys': 2,
    'rollcall-gateway feeds': 4,
    ...everyProcess,
  },
  'face-worker': { 'rollcall face-worker': 6, ...everyProcess },
  'attendance-projector': { 'rollcall attendance-projector': 4, 'rollcall scheduler': 3, ...everyProcess },
};

/** What a process holds beyond its limits; a name that is not listed may not be there at all. */
export function findTooMany(
  held: readonly HeldConnections[],
  processes: readonly { readonly label: string; readonly service: ServiceName }[],
): string[] {
  return held.flatMap(({ process, application, count }) => {
    const service = processes.find(({ label }) => label === process)?.service;
    const most = (service === undefined ? undefined : connectionLimits[service][application]) ?? 0;
    return count <= most ? [] : [`${process} holds ${count} connections as "${application}", allowed are ${most}`];
  });
}
