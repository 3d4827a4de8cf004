/** Whose face it is: the face's id in the API and the person's. */
export interface FaceOwner {
  readonly faceId: string;
  readonly userId: string;
}

export interface EnrolledFace extends FaceOwner {
  /** `face_embeddings.faiss_id`: given once, never used again. */
  readonly faissId: number;
  /** Unit vector. */
  readonly embedding: Float32Array;
}

export type GalleryChange =
  /** `face` is absent when it has been erased since. */
  | { readonly op: 'add'; readonly version: number; readonly faissId: number; readonly face?: EnrolledFace }
  | { readonly op: 'remove'; readonly version: number; readonly faissId: number }
  /** What operators rejected has changed, and is to be read again. */
  | { readonly op: 'rejections'; readonly version: number };

/** A face that an operator said is not this person. */
export interface RejectedMatch {
  readonly userId: string;
  /** Unit vector. */
  readonly embedding: Float32Array;
}

/** Names one gallery: embeddings of different models never meet. */
export interface GalleryKey {
  readonly organizationId: string;
  readonly modelId: string;
}

/** State of a gallery in the database; version 0 and no faces when nobody is enrolled. */
export interface GalleryState {
  readonly version: number;
  readonly faceCount: number;
}

/** A stretch of changes and the gallery's state, read at one moment. */
export interface GalleryChanges extends GalleryState {
  /** In version order, all those above the version asked for and up to `upTo`. */
  readonly changes: readonly GalleryChange[];
  /** The last version the stretch covers; less than `version` when there is more to read. */
  readonly upTo: number;
}

/** What the database knows of galleries: the truth that an index is a cache of. */
export interface GallerySource {
  readVersions(keys: readonly GalleryKey[]): Promise<number[]>;
  readChanges(key: GalleryKey, afterVersion: number): Promise<GalleryChanges>;
  /** Enrolled faces with larger `faissId`s, ascending; fewer than a page's worth at the end. */
  readFaces(key: GalleryKey, afterFaissId: number): Promise<readonly EnrolledFace[]>;
  /** All there are; the database keeps few. */
  readRejections(key: GalleryKey): Promise<readonly RejectedMatch[]>;
  /** The gallery's version and the digest of its faces (see `digestFaces`), read at one moment. */
  readIdentity(key: GalleryKey): Promise<GalleryState & { readonly digest: string }>;
}
