/**
 * Everything this package refuses or cannot do, as one table. `IMAGE_*` codes speak of the input and never
 * get better by trying again; `MODEL_*` and `NATIVE_*` codes speak of the installation; `INFERENCE_FAILED`
 * is a failure inside a native library on input that looked sound.
 */
const recognitionErrors = {
  IMAGE_EMPTY: { about: 'image', retryable: false },
  IMAGE_UNSUPPORTED: { about: 'image', retryable: false },
  IMAGE_TOO_LARGE: { about: 'image', retryable: false },
  IMAGE_DAMAGED: { about: 'image', retryable: false },
  MODEL_MISSING: { about: 'installation', retryable: false },
  MODEL_DAMAGED: { about: 'installation', retryable: false },
  MODEL_UNSUPPORTED: { about: 'installation', retryable: false },
  MANIFEST_INVALID: { about: 'installation', retryable: false },
  NATIVE_UNAVAILABLE: { about: 'installation', retryable: false },
  SYNTHETIC_REFUSED: { about: 'installation', retryable: false },
  INFERENCE_FAILED: { about: 'inference', retryable: true },
} as const;

export type RecognitionErrorCode = keyof typeof recognitionErrors;

/** A failure as plain data: it survives the way out of a child process, which a class does not. */
export interface RecognitionFailure {
  readonly code: RecognitionErrorCode;
  readonly about: 'image' | 'installation' | 'inference';
  readonly retryable: boolean;
  readonly message: string;
}

export class RecognitionError extends Error {
  override readonly name = 'RecognitionError';
  readonly code: RecognitionErrorCode;

  constructor(code: RecognitionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get failure(): RecognitionFailure {
    return { code: this.code, ...recognitionErrors[this.code], message: this.message };
  }
}

/** Any thrown value as a failure; what is not ours is `INFERENCE_FAILED` with its message. */
export function describeFailure(error: unknown): RecognitionFailure {
  if (error instanceof RecognitionError) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return new RecognitionError('INFERENCE_FAILED', message).failure;
}
