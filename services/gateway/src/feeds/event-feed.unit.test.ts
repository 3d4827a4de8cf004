import { readdirSync, readFileSync } from 'node:fs';
import { toEventOut, type StoredEvent } from '@rollcall/contracts';
import { encodeCursor } from '@rollcall/event-log';
import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';

const fixtures = new URL('../../../../packages/contracts/fixtures/', import.meta.url);
const types = readdirSync(fixtures).map((name) => name.replace(/\.v\d+\.json$/, ''));

function eventOf(type: string, causationId: string | null) {
  const key = { epoch: 1, xid: '789', position: '123' };
  const stored = {
    ...key,
    id: 'f3c1c2a9-6c0e-5d0b-9a43-5a8c1d2e7f10',
    organizationId: '0198c0de-7a11-7c00-8000-000000000001',
    type,
    version: 1,
    subject: 'users/0198c0de-7a11-7c00-8000-000000000002',
    actor: 'system:test',
    correlationId: '0198c0de-7a11-7c00-8000-00000000000c',
    causationId,
    payload: JSON.parse(readFileSync(new URL(`${type}.v1.json`, fixtures), 'utf8')) as unknown,
    occurredAt: new Date('2025-03-03T08:59:12.912Z'),
    recordedAt: new Date('2025-03-03T08:59:12.912Z'),
  } as StoredEvent;
  return JSON.parse(JSON.stringify(toEventOut(stored, encodeCursor(key)))) as Record<string, unknown>;
}

describe.each(types)('%s as the feed tells it', (type) => {
  it.each([null, '0198c0de-7a11-7c00-8000-00000000000b'])('is a CloudEvent of version 1.0 (cause: %s)', (cause) => {
    const event = eventOf(type, cause);
    // The SDK of the specification's authors, strict: required attributes, types of values, names of extensions.
    expect(new CloudEvent(event).validate()).toBe(true);
    // What it does not look at: names are lower-case letters and digits, and an attribute without a value is left out.
    for (const [name, value] of Object.entries(event)) {
      expect(name).toMatch(/^[a-z0-9]{1,20}$/);
      expect(value).not.toBeNull();
      if (name !== 'data') expect(['string', 'number', 'boolean']).toContain(typeof value);
    }
    expect(event['source']).toMatch(/^[\w\-./]+$/);
    expect(event['time']).toBe('2025-03-03T08:59:12.912Z');
    expect('causationid' in event).toBe(cause !== null);
  });
});
