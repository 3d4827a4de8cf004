/** Codes of the errors this package throws. They are stable: decide by them, not by the message. */
export const FAISS_ERROR_CODES = [
  /** an argument of the wrong type or out of range */
  'FAISS_INVALID_ARGUMENT',
  /** vectors are no whole rows of the index's dimension, or there are more or fewer vectors than ids */
  'FAISS_DIMENSION_MISMATCH',
  /** a vector contains NaN or Infinity */
  'FAISS_NOT_FINITE',
  /** an id that is no safe integer of 0 or more */
  'FAISS_INVALID_ID',
  /** an id to add is in the index already, or twice in the call */
  'FAISS_DUPLICATE_ID',
  /** the file cannot be read or written */
  'FAISS_IO',
  /** the file is no snapshot of such an index, or it is damaged or cut off */
  'FAISS_BAD_INDEX',
  'FAISS_OUT_OF_MEMORY',
  /** the index was disposed */
  'FAISS_DISPOSED',
  /** the environment is shutting down */
  'FAISS_CANCELLED',
  /** FAISS refused for a reason of its own: a defect */
  'FAISS_INTERNAL',
] as const;

export type FaissErrorCode = (typeof FAISS_ERROR_CODES)[number];

/** An Error of this package. */
export interface FaissError extends Error {
  readonly code: FaissErrorCode;
}

/** Whether something thrown is an error of this package. */
export function isFaissError(error: unknown): error is FaissError {
  return error instanceof Error && 'code' in error && (FAISS_ERROR_CODES as readonly unknown[]).includes(error.code);
}
