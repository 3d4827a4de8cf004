import type { ImageUploadResponse, ImageVerdict } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import type { StoredImage } from '../domain/registration-submission.js';

export interface NewUploadedImage {
  readonly id: string;
  readonly organizationId: string;
  readonly uploadedBy: string;
  readonly objectKey: string;
  readonly sha256: Uint8Array;
  readonly contentType: string;
  readonly byteSize: number;
  readonly width: number;
  readonly height: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Puts an image down to be judged, and rings for a worker. */
export async function insertUploadedImage(client: ClientBase, image: NewUploadedImage): Promise<void> {
  await client.query({
    name: 'insert-uploaded-image',
    text: `insert into uploaded_images (id, organization_id, uploaded_by, object_key, sha256, content_type, byte_size, width,
             height, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      ...[image.id, image.organizationId, image.uploadedBy, image.objectKey, image.sha256, image.contentType],
      ...[image.byteSize, image.width, image.height, image.createdAt, image.expiresAt],
    ],
  });
  await client.query("select pg_notify('rollcall_uploads', '')");
}

interface Row {
  readonly id: string;
  readonly status: ImageUploadResponse['status'];
  readonly verdict: ImageVerdict | null;
  readonly reason: string | null;
  readonly content_type: string;
  readonly byte_size: number;
  readonly width: number;
  readonly height: number;
  readonly created_at: Date;
  readonly expires_at: Date;
}

/**
 * Uploaded images by id. One whose time is over is not there any more, whether it was swept already or not.
 *
 * @param options.finished only those that have their verdict, or never will.
 */
export async function loadUploadedImages(
  client: ClientBase,
  ids: readonly string[],
  options: { readonly finished: boolean },
): Promise<Map<string, ImageUploadResponse>> {
  const { rows } = await client.query<Row>({
    name: 'load-uploaded-images',
    text: `select id, status, verdict, reason, content_type, byte_size, width, height, created_at, expires_at
           from uploaded_images
           where id = any($1::uuid[]) and expires_at > clock_timestamp() and (not $2 or status in ('completed', 'failed'))`,
    values: [ids, options.finished],
  });
  return new Map(rows.map((row) => [row.id, toResponse(row)]));
}

function toResponse(row: Row): ImageUploadResponse {
  return {
    image_id: row.id,
    status: row.status,
    verdict: row.verdict,
    // A reason to try again is no result.
    ...(row.status === 'failed' && row.reason !== null && { reason: row.reason }),
    content_type: row.content_type,
    byte_size: row.byte_size,
    width: row.width,
    height: row.height,
    uploaded_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}

export interface TakenImage extends StoredImage {
  readonly id: string;
}

/** Takes uploaded images over, in the order of their ids; those that are used already or out of time are left out. */
export async function takeUploadedImages(client: ClientBase, ids: readonly string[]): Promise<TakenImage[]> {
  const { rows } = await client.query<{ taken: TakenImage[] }>({
    name: 'take-uploaded-images',
    text: 'select take_uploaded_images($1::uuid[]) as taken',
    values: [ids],
  });
  return rows[0]?.taken ?? [];
}
