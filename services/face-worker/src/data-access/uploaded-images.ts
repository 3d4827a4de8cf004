import type { ImageVerdict } from '@rollcall/contracts';
import type { Pool } from '@rollcall/postgres';

export interface ClaimedUpload {
  readonly id: string;
  readonly organizationId: string;
  readonly objectKey: string;
  readonly attempts: number;
  readonly systemConfig: unknown;
}

/** Claims uploaded images that wait for a verdict, oldest first. */
export async function claimUploadedImages(
  pool: Pool,
  claim: { readonly workerId: string; readonly limit: number; readonly leaseSeconds: number },
): Promise<ClaimedUpload[]> {
  const { rows } = await pool.query<{
    id: string;
    organization_id: string;
    object_key: string;
    attempts: number;
    system_config: unknown;
  }>('select * from claim_uploaded_images($1, $2, make_interval(secs => $3))', [
    ...[claim.workerId, claim.limit, claim.leaseSeconds],
  ]);
  return rows.map((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    objectKey: row.object_key,
    attempts: row.attempts,
    systemConfig: row.system_config,
  }));
}

/** A verdict, or why there is none (yet). */
export type UploadEnding =
  { readonly verdict: ImageVerdict } | { readonly reason: string; readonly retry: boolean; readonly spare: boolean };

export async function completeUploadedImage(
  pool: Pool,
  workerId: string,
  id: string,
  ending: UploadEnding,
): Promise<'completed' | 'retried' | 'failed' | 'lost'> {
  const [verdict, reason, retry, spare] =
    'verdict' in ending
      ? [JSON.stringify(ending.verdict), null, false, false]
      : [null, ending.reason, ending.retry, ending.spare];
  const { rows } = await pool.query<{ answer: 'completed' | 'retried' | 'failed' | 'lost' }>(
    'select complete_uploaded_image($1, $2, $3::jsonb, $4, $5, $6) as answer',
    [workerId, id, verdict, reason, retry, spare],
  );
  return rows[0]?.answer ?? 'lost';
}
