import type { CheckInRequest, EventPayload } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type ErrorDetail } from '@rollcall/service-kit';
import { v5 as uuidV5 } from 'uuid';
import type { CheckInCodes } from '../../../auth/check-in-codes.js';
import type { Pins } from '../../../auth/pins.js';
import { findPinHolder, rehashPin, type PinHolder } from '../../../data-access/user-pins.js';

/** Fixed for ever: the ids of check-ins follow from what was sent, so that it counts once. */
const NAMESPACE = '0b6f3f0e-55c5-5d0e-9a43-2f7f3a0d9c11';

export type Refusal = EventPayload<'attendance.check_in_refused'>['reason'];

export type Identified =
  | { readonly ok: true; readonly checkInId: string; readonly person: PinHolder }
  | { readonly ok: false; readonly reason: Refusal; readonly userId: string | null };

export interface IdentifyPorts {
  readonly pool: Pool;
  readonly pins: Pins;
  readonly codes: CheckInCodes;
}

/** A check-in of which it is known where and when, not yet who. */
export interface Claim {
  readonly organizationId: string;
  readonly kioskId: string;
  readonly capturedAt: Date;
  readonly body: CheckInRequest;
}

/** @throws VALIDATION_FAILED when what the method needs is not there, or more than that. */
export function checkProof({ method, user_id, employee_code, pin, token }: CheckInRequest): void {
  const missing = (path: string): ErrorDetail => ({ path, code: 'REQUIRED', message: `is required with ${method}` });
  const extra = (path: string): ErrorDetail => ({
    path,
    code: 'UNEXPECTED_FIELD',
    message: `does not go with ${method}`,
  });
  const named = [user_id, employee_code].filter((name) => name !== undefined).length;
  const errors =
    method === 'pin'
      ? [
          ...(named === 0 ? [missing('/user_id')] : named > 1 ? [extra('/employee_code')] : []),
          ...(pin === undefined ? [missing('/pin')] : []),
          ...(token === undefined ? [] : [extra('/token')]),
        ]
      : [
          ...(token === undefined ? [missing('/token')] : []),
          ...(named > 0 ? [extra(user_id === undefined ? '/employee_code' : '/user_id')] : []),
          ...(pin === undefined ? [] : [extra('/pin')]),
        ];
  if (errors.length > 0) throw new AppError('VALIDATION_FAILED', { errors });
}

export function identifyPerson(ports: IdentifyPorts, claim: Claim): Promise<Identified> {
  return claim.body.method === 'pin' ? identifyByPin(ports, claim) : identifyByCode(ports, claim);
}

async function identifyByPin({ pool, pins }: IdentifyPorts, claim: Claim): Promise<Identified> {
  const { organizationId, kioskId, capturedAt, body } = claim;
  const who = { userId: body.user_id?.toLowerCase() ?? null, employeeCode: body.employee_code ?? null };
  const person = await withOrganization(pool, organizationId, (client) => findPinHolder(client, who));
  const { userId = '', pinHash = null } = person ?? {};
  // Compared also for nobody, so that time does not tell who there is.
  const { matches, isOld } = await pins.check(userId, body.pin ?? '', pinHash);
  const refused = refusalOf(person, person?.pinHash === null ? 'no_pin' : matches ? undefined : 'wrong_pin');
  if (person === undefined || refused !== undefined) return { ok: false, ...(refused ?? nobody) };
  if (isOld && pinHash !== null) {
    const hash = await pins.hash(userId, body.pin ?? '', 'entry');
    await withOrganization(pool, organizationId, (client) => rehashPin(client, userId, pinHash, hash));
  }
  const name = ['pin', organizationId, kioskId, userId, capturedAt.toISOString()].join('/');
  return { ok: true, checkInId: uuidV5(name, NAMESPACE), person };
}

async function identifyByCode({ pool, codes }: IdentifyPorts, claim: Claim): Promise<Identified> {
  const { organizationId, capturedAt, body } = claim;
  const read = codes.read(body.token ?? '', capturedAt);
  if (!read.ok) return { ok: false, reason: read.reason, userId: null };
  const { userId, organizationId: of } = read.holder;
  if (of !== organizationId) return { ok: false, reason: 'wrong_code', userId: null };
  const person = await withOrganization(pool, organizationId, (client) =>
    findPinHolder(client, { userId, employeeCode: null }),
  );
  const refused = refusalOf(person, undefined);
  if (person === undefined || refused !== undefined) return { ok: false, ...(refused ?? nobody) };
  return { ok: true, checkInId: uuidV5(['qr', organizationId, read.codeId].join('/'), NAMESPACE), person };
}

const nobody = { reason: 'unknown_person', userId: null } as const;

function refusalOf(
  person: PinHolder | undefined,
  proof: 'no_pin' | 'wrong_pin' | undefined,
): { readonly reason: Refusal; readonly userId: string | null } | undefined {
  if (person === undefined) return nobody;
  const reason = proof ?? (person.isActive ? undefined : 'inactive');
  return reason && { reason, userId: person.userId };
}
