/** A frame whose image is stored, ready to be taken in. */
export interface RecognitionSubmission {
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
  /** Hex. */
  readonly image_sha256: string;
  readonly image_content_type: string;
  readonly image_bytes: number;
  readonly image_width: number;
  readonly image_height: number;
  /** Of a frame that a person sent. */
  readonly trail?: SubmissionTrail;
}

/** What stands in the trail about a frame. */
export interface SubmissionTrail {
  readonly event_id: string;
  /** Who sent it from where, and what they said of it. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface SubmissionOutcome {
  readonly status: 'created' | 'replayed' | 'conflict' | 'unknown_source' | 'source_inactive';
  /** Of the request: with `replayed` that of the first call with the key. */
  readonly id: string;
}
