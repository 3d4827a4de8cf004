import { withOrganization } from '@rollcall/postgres';
import {
  buildOrganization,
  buildUser,
  createTestDatabase,
  waitUntilBlocked,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRefreshToken, lockRefreshToken, markTokenUsed, revokeSession } from './refresh-tokens.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const now = new Date('2025-03-03T09:00:00Z');
const later = new Date('2025-03-17T09:00:00Z');

describe('a session that is refreshed and ended at once', () => {
  it('is ended with the successor that was just being given', async () => {
    const { id: organizationId } = await buildOrganization(db.owner);
    const { id: userId } = await buildUser(db.owner, organizationId);
    const [first, successor, sessionId] = [uuidV7(), uuidV7(), uuidV7()];
    const token = (id: string) => ({
      ...{ id, organizationId, userId, sessionId, hash: Buffer.from(id), issuedAt: now, expiresAt: later },
      ...{ sessionEndsAt: later, generation: 1 },
    });
    await withOrganization(db.gateway, organizationId, (client) => insertRefreshToken(client, token(first)));

    const scope = `begin; set local app.organization_id = '${organizationId}'`;
    const [refreshing, ending] = [await db.gateway.connect(), await db.gateway.connect()];
    try {
      await refreshing.query(scope);
      await lockRefreshToken(refreshing, first);
      await insertRefreshToken(refreshing, token(successor));

      await ending.query(scope);
      const held = lockRefreshToken(ending, first);
      await waitUntilBlocked(db);
      await markTokenUsed(refreshing, { id: first, replacedBy: successor, usedAt: now });
      await refreshing.query('commit');

      // It sees what the other has done, not what was there when it began to wait.
      expect(await held).toMatchObject({ usedAt: now, successor: { hash: Buffer.from(successor) } });
      await revokeSession(ending, sessionId, now);
      await ending.query('commit');
    } finally {
      refreshing.release();
      ending.release();
    }
    const { rows } = await db.owner.query('select revoked_at from refresh_tokens where family_id = $1', [sessionId]);
    expect(rows).toEqual([{ revoked_at: now }, { revoked_at: now }]);
  });

  it('does not hold up another session', async () => {
    const { id: organizationId } = await buildOrganization(db.owner);
    const { id: userId } = await buildUser(db.owner, organizationId);
    const ids = [uuidV7(), uuidV7()];
    const add = (id: string) => ({
      ...{ id, organizationId, userId, sessionId: id, hash: Buffer.from(id), issuedAt: now, expiresAt: later },
      ...{ sessionEndsAt: later, generation: 1 },
    });
    for (const id of ids) {
      await withOrganization(db.gateway, organizationId, (client) => insertRefreshToken(client, add(id)));
    }
    await withOrganization(db.gateway, organizationId, async (client) => {
      await lockRefreshToken(client, ids[0] ?? '');
      const other = withOrganization(db.gateway, organizationId, (second) => lockRefreshToken(second, ids[1] ?? ''));
      expect(await other).toMatchObject({ id: ids[1] });
    });
  });
});
