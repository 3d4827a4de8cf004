/** A photo the demo sends, made when it is needed. */
export interface DemoImage {
  /** What it is, for the reader: `sample2.jpg, face 3, darker`. */
  readonly label: string;
  readonly load: () => Promise<Buffer>;
}

/** Somebody to enrol from 3–5 images. */
export interface DemoPerson {
  readonly employeeCode: string;
  readonly fullName: string;
  readonly images: readonly DemoImage[];
}

/** A photo as a camera would send it. */
export interface DemoFrame {
  readonly sourceId: string;
  /** RFC 3339 with offset. */
  readonly capturedAt: string;
  readonly image: DemoImage;
}

/** What must come out for one person and work date. */
export interface ExpectedRecord {
  readonly employeeCode: string;
  readonly workDate: string;
  /** RFC 3339 with offset. */
  readonly checkInAt: string;
  /** Null when the person was seen once only: the record stays open. */
  readonly checkOutAt: string | null;
}

/** Everything a demo does, as data. */
export interface DemoPlan {
  readonly title: string;
  /** Where the photos are from and how they differ, a line each. */
  readonly notes: readonly string[];
  readonly people: readonly DemoPerson[];
  readonly frames: readonly DemoFrame[];
  /** Undefined when nobody knows beforehand who is on the frames: then the records are held against what the frames gave. */
  readonly expected: readonly ExpectedRecord[] | undefined;
  /** Somebody enrolled from one photo whom frames of another photo show: proof that not just the same photo is found. */
  readonly crossPhoto: { readonly employeeCode: string; readonly frame: string } | undefined;
  /** How many faces of strangers the frames show; undefined when not known. */
  readonly strangers: number | undefined;
}
