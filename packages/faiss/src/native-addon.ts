import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

declare const handleBrand: unique symbol;
/** An index inside the add-on. */
export interface NativeHandle {
  readonly [handleBrand]: true;
}

/** What native/addon.cc exports. Arguments are checked there; errors carry a {@link FaissErrorCode}. */
export interface NativeAddon {
  create(dimension: number): NativeHandle;
  size(handle: NativeHandle): number;
  dimension(handle: NativeHandle): number;
  addWithIds(handle: NativeHandle, vectors: Float32Array, ids: readonly number[]): void;
  removeIds(handle: NativeHandle, ids: readonly number[]): number;
  search(
    handle: NativeHandle,
    queries: Float32Array,
    k: number,
  ): Promise<{ similarities: Float32Array<ArrayBuffer>; ids: Float64Array<ArrayBuffer> }>;
  save(handle: NativeHandle, path: string): Promise<void>;
  load(path: string): Promise<NativeHandle>;
  dispose(handle: NativeHandle): void;
}

const file = fileURLToPath(new URL('../build/rollcall_faiss.node', import.meta.url));

function load(): NativeAddon {
  try {
    return createRequire(import.meta.url)(file) as NativeAddon;
  } catch (cause) {
    throw new Error(`FAISS is not built for this Node: run "npm run setup" (${file})`, { cause });
  }
}

/** Loaded once in each environment; the add-on keeps nothing that two of them share. */
export const addon = load();
