import type { DayRules } from '@rollcall/attendance-rules';
import { ManualAttendanceItem, type ManualAttendanceVerdict, type SchemaProblem } from '@rollcall/contracts';
import { type ErrorDetail, isAppError, newId } from '@rollcall/service-kit';
import type { NewCorrection } from '../../../data-access/corrections.js';
import { checkManualItem } from '../../../domain/manual-attendance/check-manual-item.js';
import { createCheck } from '../../check-call.js';

/** An item of the form it should have, or what is wrong with it; paths are those within the item. */
export type ReadItem =
  | { readonly ok: true; readonly value: ManualAttendanceItem }
  | { readonly ok: false; readonly problems: readonly ErrorDetail[] };

const checkForm = createCheck(ManualAttendanceItem, { text: false, kept: true });

/** Reads one item by itself, so that a bad one costs no other. */
export function readItem(item: unknown): ReadItem {
  try {
    const value = checkForm(item) as ManualAttendanceItem;
    return { ok: true, value: { ...value, user_id: value.user_id.toLowerCase(), reason: value.reason.trim() } };
  } catch (error) {
    if (!isAppError(error, 'VALIDATION_FAILED')) throw error;
    return { ok: false, problems: error.errors };
  }
}

export interface JudgeItems {
  /** Those of the named people whom there are or were, with when they were removed (null: they are here). */
  readonly people: ReadonlyMap<string, Date | null>;
  readonly now: Date;
  readonly rulesOn: (workDate: string) => DayRules;
}

export interface JudgedItem {
  readonly verdict: ManualAttendanceVerdict;
  readonly correction?: NewCorrection;
}

/** A verdict for each item, in their order, with the entries that come of them. */
export function judgeItems(items: readonly ReadItem[], known: JudgeItems): JudgedItem[] {
  return items.map((item, index) => {
    const problems = item.ok ? problemsOf(item.value, known) : item.problems;
    if (!item.ok || problems.length > 0) return { verdict: refused(index, problems) };
    const correction = toCorrection(item.value);
    return { verdict: { index, verdict: 'created', correction_id: correction.id, errors: [] }, correction };
  });
}

function problemsOf(item: ManualAttendanceItem, { people, now, rulesOn }: JudgeItems): SchemaProblem[] {
  const nobody = { path: '/user_id', code: 'USER_NOT_FOUND', message: 'is nobody here' };
  const leftAt = people.get(item.user_id);
  const wrong = checkManualItem(item, { now, leftAt: leftAt ?? null, dayRules: rulesOn(item.work_date) });
  return leftAt === undefined ? [nobody, ...wrong] : wrong;
}

function refused(index: number, problems: readonly ErrorDetail[]): ManualAttendanceVerdict {
  const errors = problems.map(({ path, code, message }) => ({ path: `/items/${String(index)}${path}`, code, message }));
  return { index, verdict: 'refused', correction_id: null, errors };
}

function toCorrection(item: ManualAttendanceItem): NewCorrection {
  return {
    id: newId(),
    userId: item.user_id,
    workDate: item.work_date,
    checkInAt: toDate(item.check_in_at),
    checkOutAt: toDate(item.check_out_at),
    status: item.status ?? null,
    reason: item.reason,
    eventId: newId(),
  };
}

function toDate(time: string | null | undefined): Date | null {
  return time === null || time === undefined ? null : new Date(time);
}
