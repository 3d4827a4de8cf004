import { createHash } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';

export interface RecognitionItem {
  readonly id: string;
  readonly organization_id: string;
  readonly event_id: string;
  readonly principal: string;
  readonly route: string;
  readonly idempotency_key: string | null;
  readonly body_hash: string | null;
  readonly source_type: string;
  readonly source_id: string;
  readonly source_uuid: string;
  readonly may_create_source: boolean;
  readonly captured_at: string;
  readonly received_at: string;
  readonly late_arrival: boolean;
  readonly mode: 'single' | 'group' | null;
  readonly priority: number;
  readonly expires_at: string | null;
  readonly requested_by: string;
  readonly correlation_id: string;
  readonly image_key: string;
  readonly image_sha256: string;
  readonly image_content_type: string;
  readonly image_bytes: number;
  readonly image_width: number;
  readonly image_height: number;
}

/** A frame as the gateway hands it to `submit_recognitions`, from the source named. */
export function recognitionItem(
  source: { readonly organizationId: string; readonly sourceType: string; readonly externalId: string },
  given: Partial<RecognitionItem> = {},
): RecognitionItem {
  const id = given.id ?? uuidV7();
  const now = new Date().toISOString();
  return {
    ...{ id, organization_id: source.organizationId, event_id: uuidV7() },
    ...{ principal: 'user:00000000-0000-7000-8000-000000000001', route: 'POST /faces/recognize' },
    ...{ idempotency_key: null, body_hash: null },
    ...{
      source_type: source.sourceType,
      source_id: source.externalId,
      source_uuid: uuidV7(),
      may_create_source: false,
    },
    ...{ captured_at: now, received_at: now, late_arrival: false, mode: 'single', priority: 0, expires_at: null },
    ...{ requested_by: 'user:00000000-0000-7000-8000-000000000001', correlation_id: uuidV7() },
    image_key: `${source.organizationId}/2025-03/${id}`,
    image_sha256: createHash('sha256').update(id).digest('hex'),
    ...{ image_content_type: 'image/jpeg', image_bytes: 1000, image_width: 1280, image_height: 720 },
    ...given,
  };
}
