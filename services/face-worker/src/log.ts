type Write = (fields: object, message: string) => void;

/** The part of a logger this service uses; the logger of the service kit is one. */
export interface Log {
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
