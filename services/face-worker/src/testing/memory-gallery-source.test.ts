import { digestFaces } from '../gallery/digest-faces.js';
import type {
  EnrolledFace,
  FaceOwner,
  GalleryChange,
  GallerySource,
  RejectedMatch,
} from '../gallery/gallery-source.js';

/** A gallery's database for tests: one gallery in memory, with everything that is read counted. */
export class MemoryGallerySource implements GallerySource {
  version = 0;
  readonly faces = new Map<number, EnrolledFace>();
  changes: GalleryChange[] = [];
  rejections: RejectedMatch[] = [];
  readonly reads = { versions: 0, changes: 0, faces: 0, identity: 0 };
  /** Faces a page holds and versions a read of changes covers. */
  pageSize = 1_000;

  add(...faces: EnrolledFace[]): void {
    this.version++;
    for (const face of faces) {
      this.faces.set(face.faissId, face);
      this.changes.push({ op: 'add', version: this.version, faissId: face.faissId, face });
    }
  }

  remove(...faissIds: number[]): void {
    this.version++;
    for (const faissId of faissIds) {
      this.faces.delete(faissId);
      this.changes.push({ op: 'remove', version: this.version, faissId });
    }
  }

  reject(...rejections: RejectedMatch[]): void {
    this.version++;
    this.rejections.push(...rejections);
    this.changes.push({ op: 'rejections', version: this.version });
  }

  readVersions(keys: readonly unknown[]): Promise<number[]> {
    this.reads.versions++;
    return Promise.resolve(keys.map(() => this.version));
  }

  readChanges(_key: unknown, afterVersion: number) {
    this.reads.changes++;
    const upTo = Math.min(this.version, afterVersion + this.pageSize);
    const changes = this.changes
      .filter(({ version }) => version > afterVersion && version <= upTo)
      // As a join with face_embeddings gives it: an erased face has no embedding any more.
      .map((change): GalleryChange => {
        if (change.op !== 'add' || this.faces.has(change.faissId)) return change;
        return { op: 'add', version: change.version, faissId: change.faissId };
      });
    return Promise.resolve({ version: this.version, faceCount: this.faces.size, changes, upTo });
  }

  readFaces(_key: unknown, afterFaissId: number): Promise<readonly EnrolledFace[]> {
    this.reads.faces++;
    const later = [...this.faces.values()].filter(({ faissId }) => faissId > afterFaissId);
    return Promise.resolve(later.sort((a, b) => a.faissId - b.faissId).slice(0, this.pageSize));
  }

  readRejections(): Promise<readonly RejectedMatch[]> {
    return Promise.resolve([...this.rejections]);
  }

  readIdentity() {
    this.reads.identity++;
    const owners = new Map<number, FaceOwner>(this.faces);
    return Promise.resolve({ version: this.version, faceCount: this.faces.size, digest: digestFaces(owners) });
  }
}

/** A face whose vector points along one axis; `lean` turns it towards the next axis (0..1). */
export function faceAt(faissId: number, userId: string, axis: number, lean = 0, dimension = 8): EnrolledFace {
  return { faissId, faceId: `face-${faissId}`, userId, embedding: vectorAt(axis, lean, dimension) };
}

export function vectorAt(axis: number, lean = 0, dimension = 8): Float32Array {
  const vector = new Float32Array(dimension);
  vector[axis] = Math.sqrt(1 - lean * lean);
  vector[(axis + 1) % dimension] = lean;
  return vector;
}

/** A logger that keeps what it is told. */
export function recordingLogger() {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, message, fields });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
