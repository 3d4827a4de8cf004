import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventPayloads, eventTypes, type EventType } from './event-payloads.js';
import { InvalidEventError, validateEvent } from './validate-event.js';

const folder = new URL('../../fixtures/', import.meta.url);
const versions = eventTypes.flatMap((type) =>
  Object.keys(eventPayloads[type]).map((version) => ({ type, version: Number(version) })),
);

function readFixture(type: EventType, version: number): Record<string, unknown> {
  const text = readFileSync(new URL(`${type}.v${String(version)}.json`, folder), 'utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

describe('golden payloads', () => {
  it.each(versions)('$type version $version still validates', ({ type, version }) => {
    const payload = readFixture(type, version);
    expect(validateEvent({ type, version, payload })).toEqual(payload);
  });

  it.each(versions)('$type version $version refuses a field nobody declared', ({ type, version }) => {
    const payload = { ...readFixture(type, version), full_name: 'Ada' };
    expect(() => validateEvent({ type, version, payload })).toThrow(InvalidEventError);
  });

  it('has exactly one file for each type and version', () => {
    const wanted = versions.map(({ type, version }) => `${type}.v${String(version)}.json`);
    expect(readdirSync(folder).toSorted()).toEqual(wanted.toSorted());
  });
});

describe('validateEvent', () => {
  it('names the event and the place of the problem', () => {
    const check = () => validateEvent({ type: 'user.deleted', payload: { user_id: 'nobody' } });
    expect(check).toThrow(/user\.deleted version 1: \/user_id must match format "uuid"/);
  });

  it('refuses versions and types it does not know', () => {
    expect(() => validateEvent({ type: 'user.deleted', version: 99, payload: {} })).toThrow(InvalidEventError);
    expect(() => validateEvent({ type: 'toString' as EventType, payload: {} })).toThrow(InvalidEventError);
  });
});
