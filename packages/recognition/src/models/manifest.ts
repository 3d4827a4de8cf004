import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type, type Static, type TNumber } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { RecognitionError } from '../recognition-error.js';

const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const triple = (item: TNumber) => Type.Array(item, { minItems: 1, maxItems: 3 });

const input = Type.Object(
  {
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
    /** Order in which the network wants the colours; `grey` is 0.299 R + 0.587 G + 0.114 B. */
    channels: Type.Union([Type.Literal('bgr'), Type.Literal('rgb'), Type.Literal('grey')]),
    layout: Type.Literal('nchw'),
    /** A channel, in the network's order: (value − mean) / std with values 0..255. */
    mean: triple(Type.Number()),
    std: triple(Type.Number({ exclusiveMinimum: 0 })),
  },
  { additionalProperties: false },
);

const source = Type.Object(
  {
    /** Path inside the package named at the top of the manifest. */
    path: Type.String({ minLength: 1 }),
    sha256,
    /** What the set-up does to the file: `prelu` is the rewrite of rewrite-prelu.ts. */
    preparation: Type.Union([Type.Literal('none'), Type.Literal('prelu')]),
  },
  { additionalProperties: false },
);

const file = {
  name: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]*$' }),
  file: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
  /** Of the file in the models folder, after preparation. */
  sha256,
  licence: Type.String({ minLength: 1 }),
  /** Absent for files one brings oneself. */
  source: Type.Optional(source),
  input,
};

const unit = Type.Number({ minimum: 0, maximum: 1 });

const detector = Type.Object(
  {
    ...file,
    role: Type.Literal('detector'),
    decoder: Type.Union([
      Type.Literal('rfb-decoded'),
      Type.Literal('scrfd'),
      Type.Literal('yunet'),
    ]),
    thresholds: Type.Object({ score: unit, overlap: unit }, { additionalProperties: false }),
  },
  { additionalProperties: false },
);

const landmarks = Type.Object(
  { ...file, role: Type.Literal('landmarks'), decoder: Type.Literal('points-68') },
  { additionalProperties: false },
);

const embedder = Type.Object(
  {
    ...file,
    role: Type.Literal('embedder'),
    dim: Type.Integer({ minimum: 2 }),
    /** Five target points in pixels of the aligned face. */
    template: Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), {
      minItems: 5,
      maxItems: 5,
    }),
    /**
     * Cosine similarities: of a match (1:N), of a face a person should look at, and of two photos of one person (1:1).
     * `same_person` is that of `review` when it is not given: stricter than it need be, but measured for this model.
     */
    thresholds: Type.Object(
      { match: unit, review: unit, same_person: Type.Optional(unit) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

const liveness = Type.Object(
  {
    ...file,
    role: Type.Literal('liveness'),
    decoder: Type.Literal('softmax-first-is-live'),
    thresholds: Type.Object({ live: unit }, { additionalProperties: false }),
  },
  { additionalProperties: false },
);

export const manifestSchema = Type.Object(
  {
    version: Type.Literal(1),
    /** The npm package the files with a `source` come from. */
    package: Type.Object(
      {
        name: Type.String({ minLength: 1 }),
        version: Type.String({ minLength: 1 }),
        licence: Type.String(),
        note: Type.String(),
      },
      { additionalProperties: false },
    ),
    detector,
    landmarks,
    embedder,
    liveness,
  },
  { additionalProperties: false },
);

export type Manifest = Static<typeof manifestSchema>;
export type DetectorEntry = Static<typeof detector>;
export type LandmarksEntry = Static<typeof landmarks>;
export type EmbedderEntry = Static<typeof embedder>;
export type LivenessEntry = Static<typeof liveness>;
export type ModelEntry = DetectorEntry | LandmarksEntry | EmbedderEntry | LivenessEntry;
export type InputSpec = Static<typeof input>;

export function modelEntries(manifest: Manifest): readonly ModelEntry[] {
  return [manifest.detector, manifest.landmarks, manifest.embedder, manifest.liveness];
}

/** Throws `MANIFEST_INVALID` naming the first wrong field. */
export function parseManifest(text: string, from: string): Manifest {
  const value = parseJson(text, from);
  if (Value.Check(manifestSchema, value)) return value;
  const first = Value.Errors(manifestSchema, value).First();
  const where = first ? `${first.path || '/'}: ${first.message}` : 'wrong shape';
  throw new RecognitionError('MANIFEST_INVALID', `${from}: ${where}`);
}

/** Reads `manifest.json` in the models folder: `MODEL_MISSING` when there is none, else `MANIFEST_INVALID`. */
export async function loadManifest(modelPath: string): Promise<Manifest> {
  const path = join(modelPath, 'manifest.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new RecognitionError('MODEL_MISSING', `${path} is missing; ${fetchAdvice}`, { cause });
  }
  return parseManifest(text, path);
}

/** The end of every message about a model file that is not as it should be. */
export const fetchAdvice = 'fetch the models with `npm run setup`';

function parseJson(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RecognitionError('MANIFEST_INVALID', `${from} is not JSON`, { cause });
  }
}
