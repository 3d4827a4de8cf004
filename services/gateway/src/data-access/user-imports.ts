import type { UserImportOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

export interface UserImport {
  readonly id: string;
  readonly organizationId: string;
  readonly startedBy: string;
  /** Names one run of it: another that takes over draws another. */
  readonly attemptId: string;
}

export async function insertUserImport(client: ClientBase, given: UserImport): Promise<void> {
  await client.query({
    name: 'insert-user-import',
    text: 'insert into user_imports (id, organization_id, started_by, attempt_id) values ($1, $2, $3, $4)',
    values: [given.id, given.organizationId, given.startedBy, given.attemptId],
  });
}

/** The answer of an import; null while it is not finished. */
export async function loadImportResult(client: ClientBase, id: string): Promise<UserImportOut | null> {
  const { rows } = await client.query<{ result: UserImportOut | null }>({
    name: 'load-import-result',
    text: 'select result from user_imports where id = $1',
    values: [id],
  });
  return rows[0]?.result ?? null;
}

/** Goes on with an import that has been silent for a minute; false while somebody else is at it. */
export async function takeOverImport(client: ClientBase, id: string, attemptId: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'take-over-import',
    text: `update user_imports set attempt_id = $2, beat_at = clock_timestamp()
           where id = $1 and result is null and beat_at < clock_timestamp() - interval '1 minute'`,
    values: [id, attemptId],
  });
  return rowCount === 1;
}

/** Says that the run goes on; false when another has taken the import over. */
export async function beatImport(client: ClientBase, { id, attemptId }: UserImport): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'beat-import',
    text: 'update user_imports set beat_at = clock_timestamp() where id = $1 and attempt_id = $2 and result is null',
    values: [id, attemptId],
  });
  return rowCount === 1;
}

/** Gives up a run that failed, so that the same call may be made again at once. */
export async function abandonImport(client: ClientBase, { id, attemptId }: UserImport): Promise<void> {
  await client.query({
    name: 'abandon-import',
    text: "update user_imports set beat_at = '-infinity' where id = $1 and attempt_id = $2 and result is null",
    values: [id, attemptId],
  });
}

export async function finishImport(client: ClientBase, id: string, result: UserImportOut): Promise<void> {
  await client.query({
    name: 'finish-import',
    text: 'update user_imports set result = $2, finished_at = clock_timestamp() where id = $1',
    values: [id, JSON.stringify(result)],
  });
}
