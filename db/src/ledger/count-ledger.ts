import { resolveSystemConfig } from '@rollcall/contracts';
import type { Pool } from '@rollcall/postgres';

/** What `ledger_figures` counts of one kind of request. */
export interface CountedKind {
  readonly accepted: number;
  readonly decided: number;
  readonly projected: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
}

export const ledgerKinds = ['recognition', 'registration', 'upload'] as const;

/** The ledger of one organization: its figures of the span and what waits now, of one snapshot. */
export interface OrganizationLedger {
  readonly organization: string;
  readonly organization_id: string;
  readonly from: string;
  readonly to: string;
  readonly figures: Readonly<Partial<Record<(typeof ledgerKinds)[number], CountedKind>>> & { readonly skipped: number };
  /** How long the oldest has waited for its decision, or for its projection; null when nothing waits. */
  readonly undecided_seconds: number | null;
  readonly unprojected_seconds: number | null;
  readonly limit_seconds: number;
  readonly over_limit: boolean;
}

export interface LedgerSpan {
  readonly from: Date;
  readonly to: Date;
  /** Slug; undefined for all. */
  readonly organization: string | undefined;
}

/**
 * Counts the ledger of one organization or of all.
 *
 * @param pool of a role that may read all organizations.
 * @throws Error when there is no such organization.
 */
export async function countLedger(pool: Pool, { from, to, organization }: LedgerSpan): Promise<OrganizationLedger[]> {
  const { rows } = await pool.query<{
    slug: string;
    id: string;
    body: unknown;
    figures: OrganizationLedger['figures'];
    undecided: number | null;
    unprojected: number | null;
  }>(
    `select o.slug, o.id, f.body, ledger_figures(o.id, $1, $2) as figures,
       extract(epoch from clock_timestamp() - g.undecided_since)::double precision as undecided,
       extract(epoch from clock_timestamp() - g.unprojected_since)::double precision as unprojected
     from organizations as o
     left join system_configs as f on f.organization_id = o.id
     left join open_ledger_gaps() as g on g.organization_id = o.id
     where $3::text is null or o.slug = $3 order by o.slug`,
    [from, to, organization ?? null],
  );
  if (rows.length === 0 && organization !== undefined) throw new Error(`there is no organization ${organization}`);
  return rows.map((row) => {
    const limit = resolveSystemConfig(row.body).processing.max_gap_seconds;
    return {
      ...{ organization: row.slug, organization_id: row.id, from: from.toISOString(), to: to.toISOString() },
      ...{ figures: row.figures, undecided_seconds: row.undecided, unprojected_seconds: row.unprojected },
      limit_seconds: limit,
      over_limit: Math.max(row.undecided ?? 0, row.unprojected ?? 0) > limit,
    };
  });
}
