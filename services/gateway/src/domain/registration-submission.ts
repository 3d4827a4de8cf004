/** Photos of one person that are stored, ready to be taken in. */
export interface RegistrationSubmission {
  readonly id: string;
  readonly organization_id: string;
  readonly event_id: string;
  readonly user_id: string;
  readonly principal: string;
  readonly route: string;
  readonly idempotency_key: string | null;
  readonly body_hash: string | null;
  readonly requested_by: string;
  readonly correlation_id: string;
  readonly received_at: string;
  readonly images: readonly (StoredImage & { readonly index: number })[];
}

export interface RegistrationOutcome {
  readonly status: 'created' | 'replayed' | 'conflict' | 'user_not_found';
  readonly id: string;
}

export interface StoredImage {
  readonly object_key: string;
  /** Hex. */
  readonly sha256: string;
  readonly content_type: string;
  readonly byte_size: number;
  readonly width: number;
  readonly height: number;
}
