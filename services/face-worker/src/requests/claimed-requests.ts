/** A frame to recognize faces in, claimed by this worker. */
export interface ClaimedRecognition {
  readonly kind: 'recognition';
  readonly id: string;
  readonly organizationId: string;
  readonly mode: 'single' | 'group';
  readonly imageKey: string;
  readonly correlationId: string;
  /** How often it has been claimed, this time included. */
  readonly attempts: number;
  /** `system_configs.body`, or null. */
  readonly systemConfig: unknown;
  /** The gallery's version when it was claimed: what it is answered from must not be older. */
  readonly galleryVersion: number;
}

/** A person to enrol, claimed by this worker. */
export interface ClaimedRegistration {
  readonly kind: 'registration';
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly correlationId: string;
  readonly attempts: number;
  readonly systemConfig: unknown;
  readonly images: readonly { readonly index: number; readonly objectKey: string }[];
}

export type ClaimedRequest = ClaimedRecognition | ClaimedRegistration;

/**
 * What became of a frame's result. `stale`: a matched face was erased meanwhile, nothing was written. `lost`: the frame
 * is no longer ours, nothing was written. `unclear`: no longer ours either, but perhaps because an earlier try, whose
 * answer never came, had written it.
 */
export type CompletionStatus = 'completed' | 'stale' | 'lost' | 'unclear';

export interface CompletionAnswer {
  readonly status: CompletionStatus;
  /** With `stale`: indices of the frame's faces whose match is gone. */
  readonly staleFaces: readonly number[];
}
