import type { Pool } from '@rollcall/postgres';
import type { ClaimedRecognition, ClaimedRegistration, ClaimedRequest } from '../requests/claimed-requests.js';
import type { ClaimBudget } from '../domain/claim-budget.js';

interface ClaimRow {
  readonly registrations: RegistrationRow[] | null;
  readonly recognitions: RecognitionRow[] | null;
}

interface RegistrationRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string;
  readonly images: readonly { readonly index: number; readonly object_key: string }[];
  readonly attempts: number;
  readonly correlation_id: string;
  readonly system_config: unknown;
}

interface RecognitionRow {
  readonly id: string;
  readonly organization_id: string;
  readonly mode: 'single' | 'group';
  readonly image_key: string;
  readonly attempts: number;
  readonly correlation_id: string;
  readonly system_config: unknown;
  /** By model. */
  readonly gallery_versions: Readonly<Record<string, number>>;
}

/** One round trip for both kinds; registrations first, and what they take is not given to recognitions as well. */
const CLAIM = `
  with registrations as materialized (
    select * from claim_registrations($1::uuid, $2::int, $3::interval) where $2::int > 0
  ), recognitions as materialized (
    select * from claim_recognitions($1::uuid, $4::int - (select count(*)::int from registrations), $3::interval)
  )
  select (select json_agg(registrations) from registrations) as registrations,
         (select json_agg(recognitions) from recognitions) as recognitions`;

export interface Claimant {
  readonly workerId: string;
  readonly leaseSeconds: number;
  /** The model whose gallery will be searched. */
  readonly modelId: string;
}

/** Claims waiting requests and those whose worker died, up to the budget. */
export async function claimRequests(pool: Pool, claimant: Claimant, budget: ClaimBudget): Promise<ClaimedRequest[]> {
  const { rows } = await pool.query<ClaimRow>({
    name: 'claim-requests',
    text: CLAIM,
    values: [claimant.workerId, budget.registrations, `${String(claimant.leaseSeconds)} seconds`, budget.total],
  });
  const [row] = rows;
  return [
    ...(row?.registrations ?? []).map(toRegistration),
    ...(row?.recognitions ?? []).map((claimed) => toRecognition(claimed, claimant.modelId)),
  ];
}

function toRegistration(row: RegistrationRow): ClaimedRegistration {
  return {
    kind: 'registration',
    id: row.id,
    organizationId: row.organization_id,
    userId: row.user_id,
    correlationId: row.correlation_id,
    attempts: row.attempts,
    systemConfig: row.system_config,
    images: row.images.map(({ index, object_key }) => ({ index, objectKey: object_key })),
  };
}

function toRecognition(row: RecognitionRow, modelId: string): ClaimedRecognition {
  return {
    kind: 'recognition',
    id: row.id,
    organizationId: row.organization_id,
    mode: row.mode,
    imageKey: row.image_key,
    correlationId: row.correlation_id,
    attempts: row.attempts,
    systemConfig: row.system_config,
    galleryVersion: row.gallery_versions[modelId] ?? 0,
  };
}
