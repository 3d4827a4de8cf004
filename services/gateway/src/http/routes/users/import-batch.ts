import { roleIdOf, type NewEvent, type UserImportLine } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';
import { appendAllAudited, type AuditedChange } from '../../../data-access/audited-event.js';
import { insertPeople, updatePeople } from '../../../data-access/import-people.js';
import { ringOrganizations } from '../../../data-access/ring-organizations.js';
import type { LinePlan } from '../../../domain/user-import/plan-import.js';
import { auditContext } from '../../audit-context.js';
import type { PersonCall } from './change-person.js';

export interface ImportContext {
  readonly call: PersonCall;
  readonly importId: string;
  readonly now: Date;
}

/** Writes what some lines come to, each person with an event and its words for the trail. */
export async function writePlans(
  client: ClientBase,
  plans: readonly LinePlan[],
  { call, importId, now }: ImportContext,
): Promise<void> {
  const creations = plans.filter((plan) => plan.kind === 'create');
  const updates = plans.filter((plan) => plan.kind === 'update');
  if (creations.length + updates.length === 0) return;
  const { organizationId, actor } = call.principal;
  const people = updates.map(({ person }) => person);
  await updatePeople(client, people, now);
  await insertPeople(
    client,
    organizationId,
    creations.map(({ person }) => person),
    now,
  );
  const shared = { organizationId, actor, correlationId: call.correlationId, occurredAt: now };
  const context = { ...auditContext(call), import_id: importId };
  const changes = plans.flatMap((plan): AuditedChange[] => {
    const told = tell(plan, shared);
    return told === undefined ? [] : [{ event: told.event, detail: { ...context, line: plan.line, ...told.words } }];
  });
  await appendAllAudited(client, changes);
  if (people.some(({ isActive }) => !isActive)) await ringOrganizations(client);
}

type Shared = Pick<NewEvent, 'organizationId' | 'actor' | 'correlationId' | 'occurredAt'>;

function tell(plan: LinePlan, shared: Shared) {
  if (plan.kind === 'create') {
    const { userId } = plan.person;
    const payload = { user_id: userId, role_id: roleIdOf('USER') };
    const event = newEvent<'user.created'>({ ...shared, type: 'user.created', subject: `users/${userId}`, payload });
    return { event, words: { before: null, after: wordsOf(plan.person) } };
  }
  if (plan.kind !== 'update') return undefined;
  const { changed, before, person } = plan;
  const payload = { user_id: person.userId, changed: [...changed] };
  const subject = `users/${person.userId}`;
  const event = newEvent<'user.updated'>({ ...shared, type: 'user.updated', subject, payload });
  const only = (words: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(changed.map((name) => [name, words[name]]));
  return { event, words: { before: only(wordsOf(before)), after: only(wordsOf(person)) } };
}

function wordsOf(person: Extract<LinePlan, { kind: 'create' }>['person']): Readonly<Record<string, unknown>> {
  const { fullName, email, employeeCode, department, isActive } = person;
  return { full_name: fullName, email, employee_code: employeeCode, department, is_active: isActive };
}

/** What the answer says of a line. */
export function verdictOf(plan: LinePlan, dryRun: boolean): UserImportLine {
  const { line } = plan;
  switch (plan.kind) {
    case 'refused':
      return { line, outcome: 'refused', user_id: null, errors: [...plan.problems] };
    case 'unchanged':
      return { line, outcome: 'unchanged', user_id: plan.userId, errors: [] };
    case 'create':
      return { line, outcome: 'created', user_id: dryRun ? null : plan.person.userId, errors: [] };
    case 'update':
      return { line, outcome: 'updated', user_id: plan.person.userId, errors: [] };
  }
}
