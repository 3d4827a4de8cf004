/*
 * One query a kind of object; each returns `object` (what it belongs to) and `statement`, in the order of the dump. Only
 * schema public and only what migrations and functions made; names of the installation's login roles never appear.
 */

const OURS = `relnamespace = 'public'::regnamespace and relname not in ('schema_migrations', 'schema_migrations_lock')`;

/** Aggregated ACL of an object as GRANT statements, without the owner's own rights. */
function grants(acl: string, kind: string, target: string): string {
  return `
    select format('grant %s on ${kind} %s to %s;', string_agg(lower(privilege_type), ', ' order by privilege_type), ${target},
                  case grantee when 0 then 'public' else grantee::regrole::text end) as statement
    from aclexplode(${acl}) where grantee <> 'rollcall_owner'::regrole
    group by grantee order by 1`;
}

export const columns = `
  select relname as object, '  ' || quote_ident(attname) || ' ' || format_type(atttypid, atttypmod)
    || case when attidentity = 'a' then ' generated always as identity' else '' end
    || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
    || case when attnotnull then ' not null' else '' end as statement
  from pg_class
  join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
  left join pg_attrdef on adrelid = pg_class.oid and adnum = attnum
  where ${OURS} and relkind in ('r', 'p')
  order by relname, attnum`;

/** Not-null constraints are rows of their own from version 18 on; the columns say it already. */
export const constraints = `
  select relname as object, format('  constraint %I %s', conname, pg_get_constraintdef(pg_constraint.oid)) as statement
  from pg_class join pg_constraint on conrelid = pg_class.oid and contype <> 'n'
  where ${OURS}
  order by relname, contype <> 'p', contype <> 'u', conname`;

/** Of tables in partitions; the partitions themselves are in a schema of their own and belong to no dump. */
export const partitionKeys = `
  select relname as object, format(' partition by %s', lower(pg_get_partkeydef(oid))) as statement
  from pg_class where ${OURS} and relkind = 'p'
  order by relname`;

/** Not those of identity columns, which belong to the column. */
export const sequences = `
  select coalesce(owner.relname, pg_class.relname) as object, format('create sequence %I;', pg_class.relname) as statement
  from pg_class
  left join pg_depend on classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'a' and refobjsubid > 0
  left join pg_class owner on owner.oid = refobjid
  where pg_class.relnamespace = 'public'::regnamespace and pg_class.relkind = 'S'
    and not exists (select from pg_depend own where own.objid = pg_class.oid and own.deptype = 'i')
    and coalesce(owner.relname, '') not in ('schema_migrations', 'schema_migrations_lock')
  order by 1, 2`;

export const indexes = `
  select relname as object, pg_get_indexdef(indexrelid) || ';' as statement
  from pg_class join pg_index on indrelid = pg_class.oid
  where ${OURS} and not exists (select from pg_constraint where conindid = indexrelid)
  order by relname, indexrelid::regclass::text`;

export const rowSecurity = `
  select relname as object, format('alter table %I enable row level security%s;', relname,
    case when relforcerowsecurity then ', force row level security' else '' end) as statement
  from pg_class where ${OURS} and relrowsecurity
  order by relname`;

export const policies = `
  select relname as object, format('create policy %I on %I as %s for %s to %s%s%s;', polname, relname,
    case when polpermissive then 'permissive' else 'restrictive' end,
    case polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end,
    (select string_agg(member::regrole::text, ', ' order by member::regrole::text) from unnest(polroles) member),
    coalesce(' using (' || pg_get_expr(polqual, polrelid) || ')', ''),
    coalesce(' with check (' || pg_get_expr(polwithcheck, polrelid) || ')', '')) as statement
  from pg_class join pg_policy on polrelid = pg_class.oid
  where ${OURS}
  order by relname, polname`;

export const tableGrants = `
  select relname as object, statement from pg_class
  cross join lateral (${grants('relacl', 'table', 'quote_ident(relname)')}) granted
  where ${OURS} and relkind in ('r', 'p')
  order by relname, statement`;

export const columnGrants = `
  select relname as object, statement from pg_class
  join lateral (
    select format('grant %s (%s) on table %I to %s;', lower(privilege_type), string_agg(quote_ident(attname), ', ' order by attnum),
                  relname, grantee::regrole::text) as statement
    from pg_attribute, aclexplode(attacl)
    where not attisdropped and attrelid = pg_class.oid group by privilege_type, grantee
  ) granted on true
  where ${OURS} and relkind in ('r', 'p')
  order by relname, statement`;

export const triggers = `
  select relname as object, pg_get_triggerdef(pg_trigger.oid, true) || ';' as statement
  from pg_class join pg_trigger on tgrelid = pg_class.oid and not tgisinternal
  where ${OURS}
  order by relname, tgname`;

export const comments = `
  select relname as object, case when objsubid = 0 then format('comment on table %I is %L;', relname, description)
    else format('comment on column %I.%I is %L;', relname, attname, description) end as statement
  from pg_class
  join pg_description on objoid = pg_class.oid and classoid = 'pg_class'::regclass
  left join pg_attribute on attrelid = pg_class.oid and attnum = objsubid
  where ${OURS} and relkind in ('r', 'p')
  order by relname, objsubid`;

export const functions = `
  select pg_proc.oid::regprocedure::text as object, pg_get_functiondef(pg_proc.oid) || ';' as statement
  from pg_proc where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')
  order by 1`;

/** A function without an entry may be executed by everybody: said in words, so that it shows. */
export const functionGrants = `
  select pg_proc.oid::regprocedure::text as object, statement from pg_proc
  cross join lateral (${grants("coalesce(proacl, acldefault('f', proowner))", 'function', 'pg_proc.oid::regprocedure')}) granted
  where pronamespace = 'public'::regnamespace
  order by 1, 2`;

export const functionComments = `
  select pg_proc.oid::regprocedure::text as object, format('comment on function %s is %L;', pg_proc.oid::regprocedure, description) as statement
  from pg_proc join pg_description on objoid = pg_proc.oid and classoid = 'pg_proc'::regclass
  where pronamespace = 'public'::regnamespace
  order by 1`;

/** What the dump must know of and does not write: it would be lost without a word. */
export const unknownObjects = `
  select relname as object, relkind::text as statement from pg_class
  where ${OURS} and relkind not in ('r', 'p', 'i', 'I', 'S', 't')
  union all select typname, 'type' from pg_type
    where typnamespace = 'public'::regnamespace and typtype not in ('c', 'b') `;
