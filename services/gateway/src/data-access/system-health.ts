import type { ClientBase } from '@rollcall/postgres';
import type { HealthFigures } from '../domain/health/health-figures.js';

/** The transaction's organization in full, the installation in counts; without an organization the counts alone. */
export async function loadHealthFigures(
  client: Pick<ClientBase, 'query'>,
  silentSeconds: number,
): Promise<HealthFigures> {
  const { rows } = await client.query<{ figures: HealthFigures }>({
    name: 'system-health-figures',
    text: 'select system_health_figures($1) as figures',
    values: [silentSeconds],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('system_health_figures answered nothing');
  return row.figures;
}
