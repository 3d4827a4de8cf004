import { createValidator } from '@rollcall/contracts';
import { Type, type Static } from '@sinclair/typebox';
import type { ChainHead } from './audit-chain.js';

const FORMAT = 'rollcall-audit-heads/1';

const KeptHeadsFile = Type.Object(
  {
    format: Type.Literal(FORMAT),
    written_at: Type.String({ format: 'date-time' }),
    chains: Type.Record(
      Type.String({ format: 'uuid' }),
      Type.Object(
        { sequence: Type.Integer({ minimum: 0 }), hash: Type.String({ pattern: '^[0-9a-f]{64}$' }) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
type KeptHeadsFile = Static<typeof KeptHeadsFile>;

/** Where each chain stood once, by organization: kept outside the database, it shows what was cut off since. */
export type KeptHeads = ReadonlyMap<string, ChainHead>;

const check = createValidator(KeptHeadsFile);

/** The text of a file of heads. */
export function writeKeptHeads(heads: KeptHeads, writtenAt: Date): string {
  const chains = [...heads].map(([id, { sequence, hash }]) => [id, { sequence, hash: hash.toString('hex') }] as const);
  const file: KeptHeadsFile = {
    format: FORMAT,
    written_at: writtenAt.toISOString(),
    chains: Object.fromEntries(chains),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** @throws TypeError when the text is no file of heads. */
export function readKeptHeads(text: string): KeptHeads {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new TypeError('is not JSON', { cause: error });
  }
  const result = check(parsed);
  if (!result.ok) {
    throw new TypeError(result.problems.map(({ path, message }) => `${path || '/'} ${message}`).join('; '));
  }
  const { chains } = result.value;
  return new Map(
    Object.entries(chains).map(([id, { sequence, hash }]) => [id, { sequence, hash: Buffer.from(hash, 'hex') }]),
  );
}
