import type { Pool } from '@rollcall/postgres';
import { v7 as uuidV7 } from 'uuid';

export interface BuiltSource {
  readonly id: string;
  readonly organizationId: string;
  readonly sourceType: 'camera' | 'kiosk' | 'upload';
  readonly externalId: string;
  readonly direction: 'in' | 'out' | 'both';
  readonly isActive: boolean;
}

/** A camera that sees people come and go, unless given otherwise. */
export async function buildSource(
  owner: Pool,
  organizationId: string,
  given: Partial<BuiltSource> = {},
): Promise<BuiltSource> {
  const id = given.id ?? uuidV7();
  const source = {
    ...{ id, organizationId, sourceType: given.sourceType ?? 'camera', externalId: given.externalId ?? `door-${id}` },
    ...{ direction: given.direction ?? 'both', isActive: given.isActive ?? true },
  };
  await owner.query(
    `insert into sources (id, organization_id, source_type, external_id, direction, is_active, is_configured)
     values ($1, $2, $3, $4, $5, $6, true)`,
    [id, organizationId, source.sourceType, source.externalId, source.direction, source.isActive],
  );
  return source;
}
