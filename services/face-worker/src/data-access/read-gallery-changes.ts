import type { Pool } from '@rollcall/postgres';
import type { GalleryChange, GalleryChanges, GalleryKey } from '../gallery/gallery-source.js';
import { decodeEmbedding } from './decode-embedding.js';

/** Versions a read covers at most: with a few faces each, some megabytes. */
const VERSIONS_A_READ = 1_000;

interface ChangeRow {
  readonly gallery_version: string;
  readonly face_count: number;
  readonly version: string | null;
  readonly faiss_id: string;
  readonly op: GalleryChange['op'];
  readonly face_id: string | null;
  readonly user_id: string;
  readonly embedding: Buffer;
  readonly key_id: string | null;
}

/** State and changes in one statement, so of one moment; a gallery without changes gives one row without a version. */
const READ = `
  select gallery.version::text as gallery_version, gallery.face_count, change.version::text, change.faiss_id::text,
         change.op, face.id as face_id, face.user_id, face.embedding, face.key_id
  from galleries as gallery
  left join gallery_changes as change
    on change.organization_id = gallery.organization_id and change.model_id = gallery.model_id
    and change.version > $3::bigint and change.version <= $3::bigint + $4::bigint
  left join face_embeddings as face on change.op = 'add' and face.faiss_id = change.faiss_id
  where gallery.organization_id = $1 and gallery.model_id = $2
  order by change.version, change.faiss_id`;

/** What changed in a gallery above a version, at most 1,000 versions at a time. */
export async function readGalleryChanges(pool: Pool, key: GalleryKey, afterVersion: number): Promise<GalleryChanges> {
  const { rows } = await pool.query<ChangeRow>({
    name: 'read-gallery-changes',
    text: READ,
    values: [key.organizationId, key.modelId, afterVersion, VERSIONS_A_READ],
  });
  const version = Number(rows[0]?.gallery_version ?? 0);
  return {
    version,
    faceCount: rows[0]?.face_count ?? 0,
    upTo: Math.min(version, afterVersion + VERSIONS_A_READ),
    changes: rows.filter((row) => row.version !== null).map(toChange),
  };
}

function toChange(row: ChangeRow): GalleryChange {
  const version = Number(row.version);
  if (row.op === 'rejections') return { op: 'rejections', version };
  const faissId = Number(row.faiss_id);
  if (row.op === 'remove') return { op: 'remove', version, faissId };
  if (row.face_id === null) return { op: 'add', version, faissId };
  const embedding = decodeEmbedding(row.embedding, row.key_id);
  return { op: 'add', version, faissId, face: { faissId, faceId: row.face_id, userId: row.user_id, embedding } };
}
