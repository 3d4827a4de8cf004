import { describe, expect, it } from 'vitest';
import { chainEntries, digestDetail, emptyChain, verifyChain, type AuditEntry } from './audit-chain.js';

function entry(number: number, detailDigest: Buffer | null = null): AuditEntry {
  return {
    id: `id-${number}`,
    organizationId: 'organization',
    eventId: `event-${number}`,
    action: 'user.created',
    actor: 'user:1',
    subject: 'users/2',
    occurredAt: new Date(Date.UTC(2025, 2, 3, 9, number)),
    detailDigest,
  };
}

const salt = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const lines = chainEntries(emptyChain, [entry(1), entry(2, digestDetail({ full_name: 'Ada' }, salt)), entry(3)]);
const head = lines.at(-1)!;

describe('an audit chain', () => {
  it('verifies, also in portions', () => {
    expect(verifyChain(lines, head)).toEqual({ ok: true, head: { sequence: 3, hash: head.hash } });
    expect(verifyChain(lines.slice(2), head, lines[1])).toMatchObject({ ok: true });
  });

  it('has 32-byte hashes and a number for each line', () => {
    expect(lines.map(({ sequence, hash }) => [sequence, hash.length])).toEqual([
      [1, 32],
      [2, 32],
      [3, 32],
    ]);
  });

  it('stays the same for ever: a known line has a known hash', () => {
    expect(lines[0]?.hash.toString('hex')).toMatchInlineSnapshot(
      `"b6cdc5331c12d8d21cfe6c3d12bc8eca1e2f382fbf0ccecdd126677d0268c9bf"`,
    );
  });

  it.each([
    ['action', { action: 'user.deleted' }],
    ['actor', { actor: 'user:9' }],
    ['subject', { subject: 'users/9' }],
    ['time', { occurredAt: new Date(0) }],
    ['event', { eventId: 'another' }],
    ['id', { id: 'another' }],
    ['organization', { organizationId: 'another' }],
    ['detail digest', { detailDigest: digestDetail({ full_name: 'Eve' }, salt) }],
    ['removed detail digest', { detailDigest: null }],
  ])('shows an altered %s', (_what, altered) => {
    const tampered = lines.map((line) => (line.sequence === 2 ? { ...line, ...altered } : line));
    expect(verifyChain(tampered)).toEqual({ ok: false, sequence: 2, problem: 'altered' });
  });

  it('shows a line that was altered together with its hash, by the next one', () => {
    const [first, second, third] = lines;
    const forged = chainEntries(first!, [{ ...second!, actor: 'user:9' }])[0]!;
    expect(verifyChain([first!, forged, third!])).toEqual({ ok: false, sequence: 3, problem: 'broken-link' });
  });

  it('shows a line that is missing', () => {
    expect(verifyChain([lines[0]!, lines[2]!])).toEqual({ ok: false, sequence: 2, problem: 'gap' });
  });

  it('shows that the newest lines are missing, when the head is kept elsewhere', () => {
    expect(verifyChain(lines.slice(0, 2))).toMatchObject({ ok: true });
    expect(verifyChain(lines.slice(0, 2), head)).toEqual({ ok: false, sequence: 3, problem: 'cut-off' });
  });
});

describe('a detail digest', () => {
  it('does not depend on the order of keys, but on every value and the salt', () => {
    const digest = digestDetail({ a: 1, b: { c: [1, 'x', null], d: true } }, salt);
    expect(digestDetail({ b: { d: true, c: [1, 'x', null] }, a: 1 }, salt)).toEqual(digest);
    expect(digestDetail({ a: 1, b: { c: ['x', 1, null], d: true } }, salt)).not.toEqual(digest);
    expect(digestDetail({ a: 1, b: { c: [1, 'x', null], d: true } }, Buffer.alloc(16))).not.toEqual(digest);
  });
});
