import type { HealthState } from '@rollcall/contracts';

type Claim = readonly [state: 'degraded' | 'failed', applies: boolean, message: string];

/** The worst claim that applies, and its words. */
export function verdict(claims: readonly Claim[]): { state: HealthState; message?: string } {
  const applying = claims.filter(([, applies]) => applies);
  const worst = applying.find(([state]) => state === 'failed') ?? applying[0];
  return worst === undefined ? { state: 'ok' } : { state: worst[0], message: worst[2] };
}

export function worstOf(states: readonly HealthState[]): HealthState {
  if (states.includes('failed')) return 'failed';
  return states.includes('degraded') ? 'degraded' : 'ok';
}
