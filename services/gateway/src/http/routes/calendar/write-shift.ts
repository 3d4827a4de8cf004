import { newEvent } from '@rollcall/event-log';
import { resolveShiftRules, type ShiftOut, type ShiftRules } from '@rollcall/contracts';
import { v7 as uuidV7 } from 'uuid';
import { listPeopleOfShift } from '../../../data-access/affected-people.js';
import { insertShiftVersion } from '../../../data-access/shifts.js';
import { shiftProblems } from '../../../domain/check-calendar.js';
import { eventFields, refuse, tellChange, type CalendarChange } from './change-calendar.js';

/** What a call may say of a shift; what it leaves out stays, or is nothing for a new one. */
export type ShiftFields = Partial<ShiftRules> & { readonly name?: string | undefined };

export interface ShiftWrite {
  readonly shiftId: string;
  readonly before: ShiftOut | undefined;
  readonly fields: ShiftFields;
  readonly validFrom: string;
  readonly retired?: boolean;
  /** Where the shift stands in the body, for problems. */
  readonly path?: string;
}

/** Writes a version of a shift, with its event; people who work it have their days computed anew. */
export async function writeShift(change: CalendarChange, write: ShiftWrite): Promise<ShiftOut> {
  const { client, call } = change;
  const { shiftId, before, fields, validFrom, retired = false, path = '' } = write;
  const rules = resolveShiftRules({ ...before, ...withoutAbsent(fields) });
  refuse(shiftProblems(path, rules));
  const after = await insertShiftVersion(client, {
    ...{ id: uuidV7(), organizationId: call.principal.organizationId, shiftId, validFrom, rules, retired },
    name: (fields.name ?? before?.name ?? '').trim(),
    version: (before?.version ?? 0) + 1,
    createdBy: call.principal.userId,
  });
  const type = 'shift.changed';
  const event = newEvent<typeof type>({
    ...eventFields(change, `shifts/${shiftId}`),
    type,
    payload: {
      shift_id: shiftId,
      version: after.version,
      change: before === undefined ? 'created' : retired ? 'retired' : 'updated',
      valid_from: validFrom,
    },
  });
  // Nobody has worked a shift that is new.
  const people = before === undefined ? [] : await listPeopleOfShift(client, shiftId);
  await tellChange(change, event, { before: before ?? null, after }, { people, from: validFrom, to: null });
  return after;
}

/** Whether a call says anything of a shift that is not so already. */
export function differs(before: ShiftOut, fields: ShiftFields): boolean {
  const present: Readonly<Record<string, unknown>> = before;
  return (
    before.is_retired ||
    Object.entries(withoutAbsent(fields)).some(
      ([field, value]) => JSON.stringify(present[field]) !== JSON.stringify(value),
    )
  );
}

function withoutAbsent(fields: ShiftFields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
