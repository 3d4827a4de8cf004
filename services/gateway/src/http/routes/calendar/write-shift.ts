import { newEvent } from '@rollcall/event-log';
import { resolveShiftRules, type ShiftOut, type ShiftRules } from '@rollcall/contracts';
import { newId } from '@rollcall/service-kit';
import { listPeopleOfShift } from '../../../data-access/affected-people.js';
import { insertShiftVersion, loadShiftVersions } from '../../../data-access/shifts.js';
import { shiftProblems, type Problem } from '../../../domain/check-calendar.js';
import { carryForward, isSame, versionOn, versionsAfter, type Carried } from '../../../domain/dated-versions.js';
import { eventFields, refuse, tellChange, type AffectedDays, type CalendarChange } from './change-calendar.js';

/** What a call may say of a shift; what it leaves out stays, or is nothing for a new one. */
export type ShiftFields = Partial<ShiftRules> & { readonly name?: string | undefined };

export interface ShiftWrite {
  readonly shiftId: string;
  /** The version written last; none: a new shift. */
  readonly before: ShiftOut | undefined;
  readonly fields: ShiftFields;
  readonly validFrom: string;
  readonly retired?: boolean;
  /** Where the shift stands in the body, for problems. */
  readonly path?: string;
}

/**
 * Writes a version of a shift, with its event; people who work it have their days computed anew. What is left out is as in
 * the version that holds on that date. Versions of later dates are written anew where the change holds on in them, and
 * all of them when the shift is retired.
 *
 * @returns the version of the change. It is the one with the highest number.
 */
export async function writeShift(change: CalendarChange, write: ShiftWrite): Promise<ShiftOut> {
  const { shiftId, fields, validFrom, retired = false, path = '' } = write;
  const versions = write.before === undefined ? [] : await loadShiftVersions(change.client, shiftId);
  const before = shiftOn(versions, validFrom);
  const changed = { ...withoutAbsent(fields), is_retired: retired };
  const later = before === undefined ? [] : laterVersions(before, changed, versionsAfter(versions, validFrom));
  refuse([
    ...shiftProblems(path, resolveShiftRules({ ...before, ...changed })),
    ...later.flatMap((carried) => problemsLater(path, carried)),
  ]);
  const common = { shiftId, retired };
  let number = versions[0]?.version ?? 0;
  for (const carried of later) {
    number += 1;
    const { version, fields: said } = carried;
    await writeVersion(change, { ...common, number, before: version, changed: said, validFrom: version.valid_from });
  }
  // Nobody has worked a shift that is new.
  const people = before === undefined ? [] : await listPeopleOfShift(change.client, shiftId);
  const days = { people, from: validFrom, to: null };
  return writeVersion(change, { ...common, number: number + 1, before, changed, validFrom }, days);
}

/** Whether a call says anything of a shift that is not so already on a date. */
export async function differs(
  { client }: CalendarChange,
  { shiftId, fields, validFrom }: Pick<ShiftWrite, 'shiftId' | 'fields' | 'validFrom'>,
): Promise<boolean> {
  const before = shiftOn(await loadShiftVersions(client, shiftId), validFrom);
  const present: Readonly<Record<string, unknown>> = { ...before };
  return (
    before === undefined ||
    before.is_retired ||
    Object.entries(withoutAbsent(fields)).some(([field, value]) => !isSame(present[field], value))
  );
}

/** The version that holds on a date; before its first date that with which the shift begins. None: a new shift. */
function shiftOn(versions: readonly ShiftOut[], date: string): ShiftOut | undefined {
  return versionOn(versions, date) ?? versionsAfter(versions, date)[0];
}

/** A retired shift does not come back by what had been said of later dates before. */
function laterVersions(
  before: ShiftOut,
  changed: Readonly<Record<string, unknown>>,
  later: readonly ShiftOut[],
): Carried<ShiftOut>[] {
  if (changed['is_retired'] === false) return carryForward({ ...before }, changed, later);
  return later.filter((version) => !version.is_retired).map((version) => ({ version, fields: { is_retired: true } }));
}

function problemsLater(path: string, { version, fields }: Carried<ShiftOut>): Problem[] {
  return shiftProblems(path, resolveShiftRules({ ...version, ...fields })).map((problem) => ({
    ...problem,
    message: `${problem.message}, also in those from ${version.valid_from} on`,
  }));
}

async function writeVersion(
  change: CalendarChange,
  given: {
    readonly shiftId: string;
    readonly number: number;
    readonly before: ShiftOut | undefined;
    readonly changed: Readonly<Record<string, unknown>>;
    readonly validFrom: string;
    readonly retired: boolean;
  },
  affected?: AffectedDays,
): Promise<ShiftOut> {
  const { client, call } = change;
  const { shiftId, number, before, validFrom } = given;
  const { name, is_retired: retired, ...stated } = { name: '', is_retired: false, ...before, ...given.changed };
  const rules = resolveShiftRules(stated);
  const after = await insertShiftVersion(client, {
    ...{ id: newId(), organizationId: call.principal.organizationId, shiftId, validFrom, rules, retired, name },
    ...{ version: number, createdBy: call.principal.userId },
  });
  const type = 'shift.changed';
  const event = newEvent<typeof type>({
    ...eventFields(change, `shifts/${shiftId}`),
    type,
    payload: {
      shift_id: shiftId,
      version: after.version,
      change: before === undefined ? 'created' : given.retired ? 'retired' : 'updated',
      valid_from: validFrom,
    },
  });
  await tellChange(change, event, { before: before ?? null, after }, affected);
  return after;
}

function withoutAbsent({ name, ...rules }: ShiftFields): Record<string, unknown> {
  const fields = { ...rules, name: name?.trim() };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
