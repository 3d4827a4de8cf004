interface ErrorEntry {
  /** HTTP status of an answer that ends with this error. */
  readonly status: number;
  /** True when the same call may succeed later without being changed. */
  readonly retryable: boolean;
  /** What a client is told unless the thrower knows better. Never a word about the inside. */
  readonly message: string;
}

function entry(status: number, message: string, retryable = false): ErrorEntry {
  return { status, retryable, message };
}

/** Every error there is. The code is stable and part of the HTTP contract; the message is for people and may change. */
export const errorTable = {
  MALFORMED_JSON: entry(400, 'The body is not valid JSON.'),
  MALFORMED_MULTIPART: entry(400, 'The multipart body is damaged or ends too early.'),
  MALFORMED_CSV: entry(400, 'The body is not CSV that can be read.'),
  UNAUTHENTICATED: entry(401, 'Sign in, or send a valid key.'),
  INVALID_CREDENTIALS: entry(401, 'Email or password is wrong.'),
  TOKEN_EXPIRED: entry(401, 'The token has expired.'),
  TOKEN_REUSED: entry(401, 'This refresh token was used before; sign in again.'),
  FORBIDDEN: entry(403, 'Your role does not allow this.'),
  NOT_FOUND: entry(404, 'There is nothing at this address.'),
  USER_NOT_FOUND: entry(404, 'There is no such user.'),
  NOTIFICATION_NOT_FOUND: entry(404, 'There is no such notification.'),
  OBJECT_NOT_FOUND: entry(404, 'The stored file is not there.'),
  METHOD_NOT_ALLOWED: entry(405, 'This address does not take this method.'),
  CONFLICT: entry(409, 'The call contradicts the present state.'),
  CHECK_IN_REFUSED: entry(403, 'This person, PIN or code is not accepted here.'),
  ALREADY_WITHDRAWN: entry(409, 'It was withdrawn before.'),
  EMAIL_TAKEN: entry(409, 'Another user has this email.'),
  LAST_ADMIN: entry(409, 'This is the last active admin.'),
  IDEMPOTENCY_KEY_REUSED: entry(409, 'This idempotency key was used with another body.'),
  REVIEW_DECIDED: entry(409, 'Somebody has decided this review already.'),
  REQUEST_NOT_FAILED: entry(409, 'This request has not failed.'),
  REQUEST_PUT_ASIDE: entry(409, 'This request was put aside.'),
  REQUEST_IMAGES_GONE: entry(409, 'The images of this request are deleted; send them again.'),
  CURSOR_EXPIRED: entry(410, 'What comes after this cursor is not kept any more; begin anew.'),
  PRECONDITION_FAILED: entry(412, 'It was changed in the meantime; read it again.'),
  PAYLOAD_TOO_LARGE: entry(413, 'The body has too many bytes.'),
  UNSUPPORTED_MEDIA_TYPE: entry(415, 'This content type is not accepted here.'),
  NOT_AN_IMAGE: entry(415, 'The bytes are not an image.'),
  IMAGE_UNSUPPORTED: entry(415, 'This kind of image is not accepted.'),
  VALIDATION_FAILED: entry(422, 'The call does not have the expected form.'),
  INVALID_CURSOR: entry(422, 'The cursor is not one that was handed out here.'),
  WRONG_PASSWORD: entry(422, 'The current password is wrong.'),
  IMAGE_TRUNCATED: entry(422, 'The image ends too early.'),
  TOO_MANY_PIXELS: entry(422, 'The image has too many pixels.'),
  WRONG_IMAGE_COUNT: entry(422, 'The number of images is not accepted.'),
  TOO_FEW_GOOD_IMAGES: entry(422, 'Too few of the images can be used.'),
  CAPTURED_IN_FUTURE: entry(422, 'The time of capture lies in the future.'),
  ORGANIZATION_REQUIRED: entry(422, 'Name the organization to sign in to.'),
  PRECONDITION_REQUIRED: entry(428, 'Send If-Match with the ETag that was read.'),
  TOO_MANY_REQUESTS: entry(429, 'Too many calls; try again later.', true),
  HEADERS_TOO_LARGE: entry(431, 'The headers have too many bytes.'),
  INTERNAL: entry(500, 'Something went wrong on our side.', true),
  SERVICE_UNAVAILABLE: entry(503, 'The service cannot answer at the moment.', true),
  STORAGE_FULL: entry(507, 'There is no room left to store files.', true),
} as const satisfies Readonly<Record<string, ErrorEntry>>;

export type ErrorCode = keyof typeof errorTable;
