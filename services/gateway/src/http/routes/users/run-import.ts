import type { UserImportLine, UserImportOut } from '@rollcall/contracts';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { findPeople } from '../../../data-access/import-people.js';
import {
  createImportPlanner,
  readImportLine,
  type ImportLine,
  type ImportPlanner,
  type LinePlan,
} from '../../../domain/user-import/plan-import.js';
import type { FileLine } from '../../../domain/user-import/read-import-file.js';
import type { PersonCall } from './change-person.js';
import { verdictOf, writePlans } from './import-batch.js';

/** Lines a transaction: long ones hold up every reader of the event log. */
const BATCH = 250;
/** Somebody else may just have taken a code or an email: then the lines are looked at again. */
const ATTEMPTS = 3;
const UNIQUE_VIOLATION = '23505';

export interface ImportRun {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly call: PersonCall;
  /** null for a dry run, which writes nothing. */
  readonly importId: string | null;
  /** Whether the import is still this run's; asked in each transaction that writes. */
  readonly isMine: (client: ClientBase) => Promise<boolean>;
}

/** Goes through the lines of a file, a batch a transaction, and says what became of each. */
export async function runImport(run: ImportRun, lines: Iterable<FileLine>): Promise<UserImportOut> {
  const planner = createImportPlanner(run.newId);
  const verdicts: UserImportLine[] = [];
  const dryRun = run.importId === null;
  for (const batch of batchesOf(lines)) {
    const plans = await planAndWrite(run, planner, batch);
    verdicts.push(...plans.map((plan) => verdictOf(plan, dryRun)));
  }
  const count = (outcome: UserImportLine['outcome']) =>
    verdicts.filter((verdict) => verdict.outcome === outcome).length;
  return {
    import_id: run.importId,
    dry_run: dryRun,
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    refused: count('refused'),
    lines: verdicts,
  };
}

function* batchesOf(lines: Iterable<FileLine>): Generator<FileLine[]> {
  let batch: FileLine[] = [];
  for (const line of lines) {
    batch.push(line);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function planAndWrite(run: ImportRun, planner: ImportPlanner, batch: readonly FileLine[]): Promise<LinePlan[]> {
  const { organizationId } = run.call.principal;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withOrganization(run.pool, organizationId, (client) => work(client));
    } catch (error) {
      if (attempt === ATTEMPTS || (error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      planner.rewind(batch[0]?.line ?? 0);
    }
  }

  async function work(client: ClientBase): Promise<LinePlan[]> {
    const { importId, call, clock } = run;
    if (importId !== null && !(await run.isMine(client))) throw new AppError('CONFLICT', { message: TAKEN_OVER });
    const plans = await planBatch(client, planner, batch, { lock: importId !== null });
    if (importId !== null) await writePlans(client, plans, { call, importId, now: clock.now() });
    return plans;
  }
}

const TAKEN_OVER = 'Another call goes on with this import.';

async function planBatch(
  client: ClientBase,
  planner: ImportPlanner,
  batch: readonly FileLine[],
  options: { readonly lock: boolean },
): Promise<LinePlan[]> {
  const lines = batch.map(readImportLine);
  const readable = lines.filter((line): line is ImportLine => !('kind' in line));
  const codes = readable.flatMap(({ employeeCode }) => employeeCode ?? []);
  const emails = readable.flatMap(({ email }) => email ?? []);
  const people = await findPeople(client, { codes, emails }, options);
  const byCode = new Map(people.map((person) => [person.employeeCode, person]));
  const byEmail = new Map(people.map((person) => [person.email, person]));
  return lines.map((line) => {
    if ('kind' in line) return line;
    const present = [
      line.employeeCode === undefined ? undefined : byCode.get(line.employeeCode),
      line.email === undefined ? undefined : byEmail.get(line.email),
    ];
    return planner.planLine(
      line,
      present.filter((person) => person !== undefined),
    );
  });
}
