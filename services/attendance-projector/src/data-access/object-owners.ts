import type { ClientBase } from '@rollcall/postgres';

type Client = Pick<ClientBase, 'query'>;

/** Every column that names an object. A test compares it with the schema: what is missing here would be swept away. */
export const objectColumns: readonly string[] = [
  'face_images.object_key',
  'object_deletions.object_key',
  'recognition_requests.image_key',
  'recognized_faces.crop_key',
  'registration_requests.images',
  'uploaded_images.object_key',
];

export interface ObjectPage {
  readonly organizationId: string;
  readonly objectKeys: readonly string[];
}

/**
 * Which of these objects no row owns; a note that it is to be deleted is no owner. Frames are looked for around the time of their name, by the index on that.
 */
export async function findOrphans(client: Client, page: ObjectPage): Promise<string[]> {
  const times = page.objectKeys.map(timeOfName);
  const [oldest, newest] = [new Date(Math.min(...times)), new Date(Math.max(...times))];
  const { rows } = await client.query<{ object_key: string }>(
    `select key as object_key from unnest($2::text[]) as key
     where not exists (select 1 from face_images f where f.object_key = key)
       and not exists (select 1 from recognized_faces r where r.crop_key = key)
       and not exists (select 1 from uploaded_images u where u.object_key = key)
       and key not in (
         select image_key from recognition_requests
         where organization_id = $1 and image_key = any($2::text[])
           and received_at between $3::timestamptz - interval '1 day' and $4::timestamptz + interval '1 day'
       )
       and key not in (
         select image ->> 'object_key' from registration_requests, jsonb_array_elements(images) as image
         where organization_id = $1 and status in ('queued', 'processing')
       )`,
    [page.organizationId, page.objectKeys, oldest, newest],
  );
  return rows.map((row) => row.object_key);
}

/** The last part of a key is a uuid v7: its first 48 bits are milliseconds since 1970. */
function timeOfName(key: string): number {
  const hexadecimal = key.slice(key.lastIndexOf('/') + 1).replace('-', '');
  return Number.parseInt(hexadecimal.slice(0, 12), 16);
}
