import type { ClientBase } from '@rollcall/postgres';
import type { LedgerFigures, LedgerRow } from '../domain/ledger-out.js';

/** What the organization of the transaction took in from `from` on and before `to`. */
export async function loadLedger(
  client: ClientBase,
  organizationId: string,
  span: { readonly from: Date; readonly to: Date },
): Promise<LedgerRow> {
  const { rows } = await client.query<{
    figures: LedgerFigures;
    counted_at: Date;
    undecided: number | null;
    unprojected: number | null;
  }>({
    name: 'load-ledger',
    text: `select ledger_figures($1, $2, $3) as figures, now() as counted_at,
             extract(epoch from clock_timestamp() - g.undecided_since)::double precision as undecided,
             extract(epoch from clock_timestamp() - g.unprojected_since)::double precision as unprojected
           from (values (1)) as one left join open_ledger_gaps($1) as g on true`,
    values: [organizationId, span.from, span.to],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('the ledger gave no row');
  return {
    figures: row.figures,
    countedAt: row.counted_at,
    undecidedSeconds: notBelowZero(row.undecided),
    unprojectedSeconds: notBelowZero(row.unprojected),
  };
}

/** The clocks of gateway and database may differ a little. */
function notBelowZero(seconds: number | null): number | null {
  return seconds === null ? null : Math.max(0, seconds);
}
