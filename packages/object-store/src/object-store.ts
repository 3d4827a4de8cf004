/** What a write tells: enough for the row the object belongs to. */
export interface StoredObject {
  /** SHA-256 of the bytes, 32 bytes. */
  readonly sha256: Uint8Array;
  /** Bytes. */
  readonly size: number;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

export interface ListOptions {
  /** Only keys that begin so, for instance an organization's id. */
  readonly prefix?: string;
  /** Only objects last written before this time. */
  readonly olderThan?: Date;
}

/**
 * Images and crops by key. An object is written once, belongs to one row and is never changed. Keys come from
 * `newObjectKey`; any other text is refused with a TypeError before the storage is touched.
 */
export interface ObjectStore {
  /**
   * Stores the bytes. When it resolves, the object is complete; a reader never sees a part of it.
   *
   * @param options.sha256 the digest, when the caller has it already; it is trusted and passed on.
   * @throws AppError STORAGE_FULL when there is no room.
   */
  put(key: string, bytes: Uint8Array, options?: { readonly sha256?: Uint8Array }): Promise<StoredObject>;
  /** @throws AppError OBJECT_NOT_FOUND. */
  get(key: string): Promise<Uint8Array>;
  /** Whether there was something to delete; deleting again is no error. */
  delete(key: string): Promise<boolean>;
  exists(key: string): Promise<boolean>;
  /** Finished objects in the order of their keys. Objects written or deleted meanwhile may or may not be among them. */
  list(options?: ListOptions): AsyncIterable<ListedObject>;
  /** Removes what interrupted writes left behind before this time; answers how many. */
  removeUnfinished(olderThan: Date): Promise<number>;
  /** The present by the clock that dates objects (`modifiedAt`), which need not be this machine's. */
  now(): Promise<Date>;
}
