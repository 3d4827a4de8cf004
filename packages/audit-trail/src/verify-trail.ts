import type { ClientBase } from '@rollcall/postgres';
import { digestDetail, emptyChain, verifyChain, type ChainHead, type ChainVerdict } from './audit-chain.js';
import type { KeptHeads } from './kept-heads.js';
import { listTrails, readTrailHead, readTrailLines, type TrailLine } from './read-trail.js';

const PAGE = 1_000;

/**
 * What is wrong with a trail, at which line. `gap`, `broken-link` and `altered` as in `verifyChain`; `detail-altered`: its
 * words are others than when it was written. `cut-off`: it ends before the head. `behind-head`: lines stand behind the head.
 * `not-the-kept-one`: this line is another than the head kept elsewhere. `gone`: of a kept trail nothing is left.
 */
export interface TrailProblem {
  readonly kind:
    Extract<ChainVerdict, { ok: false }>['problem'] | 'detail-altered' | 'behind-head' | 'not-the-kept-one' | 'gone';
  readonly sequence: number;
}

export interface TrailReport {
  readonly organizationId: string;
  /** Null for the installation's own trail, and for one whose organization is gone. */
  readonly slug: string | null;
  /** Lines that verified. */
  readonly lines: number;
  /** Lines whose words were erased: that breaks nothing. */
  readonly erased: number;
  readonly head: ChainHead;
  readonly problem: TrailProblem | null;
}

/**
 * Checks every trail of the installation, line by line. Services may write meanwhile: lines are only added, so each trail is
 * checked up to the head that it had when its turn came.
 *
 * @param client may read all organizations. @param kept heads as they once were, from outside the database.
 */
export async function verifyTrails(
  client: Pick<ClientBase, 'query'>,
  kept: KeptHeads = new Map(),
): Promise<TrailReport[]> {
  const trails = await listTrails(client);
  const reports: TrailReport[] = [];
  for (const trail of trails) reports.push(await verifyTrail(client, trail, kept.get(trail.organizationId)));
  const known = new Set(trails.map(({ organizationId }) => organizationId));
  for (const [organizationId, { sequence }] of kept) {
    if (known.has(organizationId) || sequence === 0) continue;
    const problem: TrailProblem = { kind: 'gone', sequence };
    reports.push({ organizationId, slug: null, lines: 0, erased: 0, head: emptyChain, problem });
  }
  return reports;
}

async function verifyTrail(
  client: Pick<ClientBase, 'query'>,
  trail: { readonly organizationId: string; readonly slug: string | null },
  kept: ChainHead | undefined,
): Promise<TrailReport> {
  const { head: stated, linesBehind } = await readTrailHead(client, trail.organizationId);
  const end = stated ?? emptyChain;
  let head = emptyChain;
  let erased = 0;
  const report = (problem: TrailProblem | null): TrailReport => ({
    ...trail,
    lines: head.sequence,
    erased,
    head,
    problem,
  });

  while (head.sequence < end.sequence) {
    const left = end.sequence - head.sequence;
    const lines = await readTrailLines(client, trail.organizationId, head.sequence, Math.min(PAGE, left));
    if (lines.length === 0) return report({ kind: 'cut-off', sequence: head.sequence + 1 });
    for (const line of lines) {
      const problem = problemOf(line, head, kept);
      if (problem !== null) return report(problem);
      head = { sequence: line.sequence, hash: line.hash };
      if (line.detailDigest !== null && line.detail === null) erased += 1;
    }
  }
  if (!head.hash.equals(end.hash)) return report({ kind: 'altered', sequence: head.sequence });
  if (linesBehind > 0) return report({ kind: 'behind-head', sequence: head.sequence + 1 });
  if (kept !== undefined && kept.sequence > head.sequence)
    return report({ kind: 'cut-off', sequence: head.sequence + 1 });
  return report(null);
}

function problemOf(line: TrailLine, head: ChainHead, kept: ChainHead | undefined): TrailProblem | null {
  const verdict = verifyChain([line], undefined, head);
  if (!verdict.ok) return { kind: verdict.problem, sequence: verdict.sequence };
  const { sequence, detailDigest, detail } = line;
  if (detailDigest !== null && detail !== null && !digestDetail(detail.words, detail.salt).equals(detailDigest)) {
    return { kind: 'detail-altered', sequence };
  }
  if (kept?.sequence === sequence && !kept.hash.equals(line.hash)) return { kind: 'not-the-kept-one', sequence };
  return null;
}
