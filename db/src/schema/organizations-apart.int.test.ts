import { withOrganization } from '@rollcall/postgres';
import { buildOrganization, createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import type { ClientBase } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Tables of the installation itself. A new table without an organization belongs here only after somebody thought about it. */
const OF_THE_INSTALLATION = [
  'applied_functions',
  'event_partitions',
  'face_models',
  'health_episodes',
  'log_identity',
  'organizations',
  'roles',
  'schema_migrations',
  'schema_migrations_lock',
  'sign_in_attempts',
  'worker_heartbeats',
];

/** Hashes of PINs that are taken away, and counts that begin anew; nothing that anybody did or was. */
const DELETED_BY_THE_GATEWAY = ['pin_guesses', 'user_pins'];

let db: TestDatabase;
let mine: string;
let theirs: string;
let tables: string[];

/** One value for a column of any table. Generated and identity columns are left out. */
const COLUMNS = `
  select string_agg(quote_ident(attname), ', ' order by attnum) as names,
    string_agg(case
      when attname = 'organization_id' then '$1::uuid'
      when format_type(atttypid, null) = 'uuid' then 'gen_random_uuid()'
      when format_type(atttypid, null) = 'text' then 'gen_random_uuid()::text'
      when format_type(atttypid, null) = 'jsonb' then '''{}''::jsonb'
      when format_type(atttypid, null) = 'bytea' then 'uuid_send(gen_random_uuid())'
      when format_type(atttypid, null) = 'boolean' then 'true'
      when format_type(atttypid, null) like '%[]' then '''{}'''
      when format_type(atttypid, null) in ('date', 'timestamp with time zone') then 'now()'
      when format_type(atttypid, null) = 'xid8' then 'pg_current_xact_id()'
      else '1' end, ', ' order by attnum) as values
  from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = ''`;

async function insertInto(client: Pick<ClientBase, 'query'>, table: string, organizationId: string): Promise<void> {
  const { rows } = await db.owner.query<{ names: string; values: string }>(COLUMNS, [table]);
  await client.query(`insert into ${table} (${rows[0]?.names ?? ''}) values (${rows[0]?.values ?? ''})`, [
    organizationId,
  ]);
}

async function mayDo(privilege: 'select' | 'insert' | 'update', table: string): Promise<boolean> {
  return (
    (await queryValue<boolean>(db.gateway, `select has_any_column_privilege($1, $2)`, [table, privilege])) ?? false
  );
}

beforeAll(async () => {
  db = await createTestDatabase();
  mine = (await buildOrganization(db.owner)).id;
  theirs = (await buildOrganization(db.owner)).id;
  const { rows } = await db.owner.query<{ name: string }>(
    `select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'organization_id'
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`,
  );
  tables = rows.map(({ name }) => name);
  // Rows of no meaning are enough here: what they would refer to, and what they may hold, is not asked.
  const constraints = await db.owner.query<{ statement: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as statement
     from pg_constraint where connamespace = 'public'::regnamespace and contype in ('c', 'f') order by contype desc`,
  );
  for (const { statement } of constraints.rows) await db.owner.query(statement);
  for (const table of tables) {
    await insertInto(db.owner, table, mine);
    await insertInto(db.owner, table, theirs);
  }
});
afterAll(() => db.close());

describe('every table', () => {
  it('either has an organization or is known as one of the installation', async () => {
    const { rows } = await db.owner.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`,
    );
    const without = rows.map(({ name }) => name).filter((name) => !tables.includes(name));
    expect(without).toEqual(OF_THE_INSTALLATION);
  });

  it('of an organization forces row-level security, with a policy a role', async () => {
    const { rows } = await db.owner.query(
      `select relname as table, relrowsecurity and relforcerowsecurity as forced,
         (select array_agg(polname || ' ' || coalesce(pg_get_expr(polqual, polrelid), '-') || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), '-') order by polname)
          from pg_policy where polrelid = pg_class.oid) as policies
       from pg_class where relname = any($1) and relkind in ('r', 'p') order by relname`,
      [tables],
    );
    const scope = '(organization_id = current_organization_id())';
    const policies = [`organization_scope ${scope} ${scope}`, 'owner_scope true true', 'system_scope true true'];
    expect(rows).toEqual(tables.map((table) => ({ table, forced: true, policies })));
  });
});

describe('the gateway', () => {
  it('sees no row anywhere without an organization, also on a connection that had one', async () => {
    const client = await db.gateway.connect();
    try {
      for (const before of ['select 1', `begin; set local app.organization_id = '${mine}'; commit`]) {
        await client.query(before);
        for (const table of [...tables, 'organizations']) {
          if (!(await mayDo('select', table))) continue;
          const column = table === 'organizations' ? 'id' : 'organization_id';
          expect(await queryValue(client, `select count(${column})::int from ${table}`), table).toBe(0);
        }
      }
    } finally {
      client.release();
    }
  });

  it('sees the rows of its organization only', async () => {
    await withOrganization(db.gateway, mine, async (client) => {
      for (const table of tables) {
        if (!(await mayDo('select', table))) continue;
        expect(await queryValue(client, `select array_agg(distinct organization_id) from ${table}`), table).toEqual([
          mine,
        ]);
      }
      expect(await queryValue(client, 'select array_agg(id) from organizations')).toEqual([mine]);
    });
  });

  it('writes no row of another organization and moves none there', async () => {
    let tried = 0;
    for (const table of tables) {
      if (await mayDo('insert', table)) {
        tried += 1;
        const inserting = withOrganization(db.gateway, mine, (client) => insertInto(client, table, theirs));
        await expect(inserting, table).rejects.toThrow('row-level security');
        await expect(insertInto(db.gateway, table, mine), table).rejects.toThrow('row-level security');
      }
      if (
        await queryValue<boolean>(db.gateway, `select has_column_privilege($1, 'organization_id', 'update')`, [table])
      ) {
        const moving = withOrganization(db.gateway, mine, (client) =>
          client.query(`update ${table} set organization_id = $1`, [theirs]),
        );
        await expect(moving, table).rejects.toThrow('row-level security');
      }
    }
    expect(tried).toBeGreaterThan(10);
  });

  it('changes and deletes nothing of another organization', async () => {
    for (const table of tables) {
      const column = await queryValue<string>(
        db.gateway,
        `select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and has_column_privilege($1, attname, 'update') and attname <> 'organization_id' limit 1`,
        [table],
      );
      if (column === undefined) continue;
      const changed = await withOrganization(db.gateway, mine, async (client) => {
        const { rowCount } = await client.query(`update ${table} set ${column} = ${column}`);
        return rowCount;
      });
      expect(changed, table).toBe(1);
    }
  });

  it('deletes nowhere but where it was thought about: what must go goes through a function or by the system', async () => {
    const deletable: string[] = [];
    for (const table of tables) {
      if (await queryValue<boolean>(db.gateway, `select has_table_privilege($1, 'delete')`, [table]))
        deletable.push(table);
    }
    expect(DELETED_BY_THE_GATEWAY).toEqual(expect.arrayContaining(deletable));
    for (const table of deletable) {
      expect(await db.gateway.query(`delete from ${table}`), table).toMatchObject({ rowCount: 0 });
      const deleting = withOrganization(db.gateway, mine, (client) => client.query(`delete from ${table}`));
      expect(await deleting, table).toMatchObject({ rowCount: 1 });
      expect(await queryValue(db.owner, `select array_agg(organization_id) from ${table}`), table).toEqual([theirs]);
    }
  });
});

describe('events', () => {
  it('are inserted by the function alone and never changed', async () => {
    for (const pool of [db.gateway, db.system]) {
      for (const privilege of ['insert', 'update', 'delete', 'truncate', 'trigger', 'references']) {
        expect(await queryValue(pool, `select has_table_privilege('events', $1)`, [privilege]), privilege).toBe(false);
      }
      await expect(insertInto(pool, 'events', mine)).rejects.toThrow('permission denied');
      await expect(pool.query('delete from events')).rejects.toThrow('permission denied');
      await expect(pool.query(`update events set payload = '{}'`)).rejects.toThrow('permission denied');
    }
  });

  it('have one statement that inserts them, and one for frames, whose cost is that of every frame', async () => {
    const { rows } = await db.owner.query<{ name: string }>(
      `select proname as name from pg_proc where pronamespace = 'public'::regnamespace and prosrc ~* 'insert\\s+into\\s+events\\M' order by proname`,
    );
    expect(rows).toEqual([{ name: 'insert_events' }, { name: 'submit_recognitions' }]);
  });
});

describe('functions', () => {
  it('are for the roles they name, not for everybody', async () => {
    const { rows } = await db.owner.query<{ name: string }>(
      `select proname as name from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
       where pronamespace = 'public'::regnamespace and grantee = 0 order by 1`,
    );
    // Row-level security asks it in the name of whoever reads.
    expect(rows).toEqual([{ name: 'current_organization_id' }]);
  });

  it('look names up on a fixed path, temporary tables last', async () => {
    const { rows } = await db.owner.query<{ name: string; path: string }>(
      `select proname as name, (select setting from unnest(proconfig) setting where setting like 'search_path=%') as path
       from pg_proc where pronamespace = 'public'::regnamespace`,
    );
    const allowed = ['pg_catalog, public, pg_temp', 'pg_catalog, pg_temp', 'pg_catalog'].map(
      (path) => `search_path=${path}`,
    );
    expect(rows.filter(({ path }) => !allowed.includes(path))).toEqual([]);
  });

  it('belong to rollcall_owner, and have a comment', async () => {
    const { rows } = await db.owner.query<{ name: string }>(
      `select proname as name from pg_proc where pronamespace = 'public'::regnamespace
         and (proowner <> 'rollcall_owner'::regrole or obj_description(oid, 'pg_proc') is null)`,
    );
    expect(rows).toEqual([]);
  });
});
