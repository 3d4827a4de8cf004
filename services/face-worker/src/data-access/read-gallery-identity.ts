import type { Pool } from '@rollcall/postgres';
import type { GalleryKey, GalleryState } from '../gallery/gallery-source.js';

/** One statement, so of one moment. The digest is that of gallery/digest-faces.ts. */
const READ = `
  select coalesce(max(gallery.version), 0)::text as version,
         coalesce(max(gallery.face_count), 0) as face_count,
         encode(sha256(convert_to(coalesce(
           (select string_agg(face.faiss_id || ':' || face.id || ':' || face.user_id, ',' order by face.faiss_id)
            from face_embeddings as face
            where face.organization_id = $1 and face.model_id = $2), ''), 'UTF8')), 'hex') as digest
  from galleries as gallery
  where gallery.organization_id = $1 and gallery.model_id = $2`;

/** Version, number and digest of a gallery's faces. Reads all of their ids: for loading a snapshot, not for a frame. */
export async function readGalleryIdentity(
  pool: Pool,
  key: GalleryKey,
): Promise<GalleryState & { readonly digest: string }> {
  const { rows } = await pool.query<{ version: string; face_count: number; digest: string }>(READ, [
    key.organizationId,
    key.modelId,
  ]);
  const [row] = rows;
  return { version: Number(row?.version ?? 0), faceCount: row?.face_count ?? 0, digest: row?.digest ?? '' };
}
