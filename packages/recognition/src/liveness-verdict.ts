import type { FaceLiveness, LivenessVerdict } from './analysis.js';

/** What a score means by a threshold; `unknown` stays so, since nothing was measured. */
export function livenessVerdict({ score, verdict }: FaceLiveness, threshold: number): LivenessVerdict {
  if (verdict === 'unknown') return 'unknown';
  return score >= threshold ? 'live' : 'spoof';
}
