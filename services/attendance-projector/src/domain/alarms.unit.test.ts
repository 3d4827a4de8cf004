import { readFileSync } from 'node:fs';
import { defaultNotificationRules, eventPayloads, notificationKinds, SystemHealthOut } from '@rollcall/contracts';
import { describe, expect, it } from 'vitest';
import { healthTroubles } from './judge-health.js';

const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
const [, runbook = ''] = /\n## What to do when([^]*?)\n## /.exec(page) ?? [];

/** What says that something is over, or is not about the installation, needs no runbook. */
const GOOD_NEWS = /\.(resumed|gap_closed)$/;

/** Everything the installation can raise an alarm about. */
function alarms(): string[] {
  const told = notificationKinds.filter((kind) => {
    return defaultNotificationRules[kind].to_role === 'ADMIN' && kind !== 'system.unhealthy' && !GOOD_NEWS.test(kind);
  });
  const unhealthy = healthTroubles.map(({ component, reason }) => `system.unhealthy ${component} ${reason}`);
  // Told whatever an organization's rules say, or to operators.
  const others = Object.keys(eventPayloads).filter((type) => /\.(stopped|silent)$/.test(type));
  return [...told, ...unhealthy, ...others].sort();
}

describe('docs/operations.md', () => {
  it('has a runbook for every alarm there is, and for no other', () => {
    const described = [...runbook.matchAll(/^### `([^`]+)`/gm)].map(([, name = '']) => name);
    expect(described.sort()).toEqual(alarms());
  });

  it('says what to do about each part of the health page', () => {
    const parts = Object.keys(SystemHealthOut.properties.parts.properties);
    expect(parts.length).toBeGreaterThan(8);
    const described = [...runbook.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name = '']) => name);
    expect(described.sort()).toEqual(parts.sort());
  });
});
