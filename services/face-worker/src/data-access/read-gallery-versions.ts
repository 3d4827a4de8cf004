import type { Pool } from '@rollcall/postgres';
import type { GalleryKey } from '../gallery/gallery-source.js';

const READ = `
  select coalesce(galleries.version, 0)::text as version
  from unnest($1::uuid[], $2::text[]) with ordinality as wanted (organization_id, model_id, position)
  left join galleries using (organization_id, model_id)
  order by wanted.position`;

/** Present versions in the order of the keys; 0 for a gallery nobody was enrolled in yet. */
export async function readGalleryVersions(pool: Pool, keys: readonly GalleryKey[]): Promise<number[]> {
  const { rows } = await pool.query<{ version: string }>({
    name: 'read-gallery-versions',
    text: READ,
    values: [keys.map(({ organizationId }) => organizationId), keys.map(({ modelId }) => modelId)],
  });
  return rows.map(({ version }) => Number(version));
}
