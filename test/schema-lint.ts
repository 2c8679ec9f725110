import type pg from 'pg'

/**
 * What a table promises, so that the same schema runs on one server and sharded by county. A table is one of
 *   county table   every key, reference and row-level security starts with county
 *   reference      small, rarely written, read everywhere: its comment starts with "reference:"
 *   exception      its comment starts with "exception:" and says why
 */
export interface SchemaFinding {
  table: string
  rule: string
  detail: string
}

export type Queryable = Pick<pg.ClientBase, 'query'>

/** Not ours: the server's own schemas, the job queue's, and public, which holds the list of migrations alone. */
const FOREIGN = [
  'information_schema',
  'graphile_worker',
  'citus',
  'citus_internal',
  'columnar',
  'columnar_internal',
]
const NAME_BYTES = 50
const COUNTY_CHECK = `(county ~ '^[0-9]{6}$'::text)`
/** The same six digits without a regular expression, for a table that takes a million rows at a time. */
const QUICK_COUNTY_CHECK = `((length(county) = 6) AND (ltrim(county, '0123456789'::text) = ''::text))`
const SCOPE_SETTING = `NULLIF(current_setting('app.scope'::text, true), ''::text)`

/** Findings of every table outside the schemas that are not ours; empty means the schema keeps its promises. */
export async function lintSchema(db: Queryable): Promise<SchemaFinding[]> {
  const tables = await listTables(db)
  const kinds = new Map(tables.map((table) => [table.oid, kindOf(table)]))
  // One after another: a single connection answers one question at a time.
  const parts = [
    tables.flatMap((table) => lintTable(table)),
    await lintConstraints(db, kinds),
    await lintIndexes(db, kinds),
    await lintTriggers(db),
    await lintDefaults(db),
    await lintNames(db),
  ]
  return parts.flat().sort((a, b) => (a.table + a.rule < b.table + b.rule ? -1 : 1))
}

type TableKind = 'county' | 'reference' | 'exception'

interface TableRow {
  oid: number
  name: string
  schema: string
  comment: string | null
  secured: boolean
  forced: boolean
  persistence: string
  countyType: string | null
  countyRequired: boolean | null
  checks: string[]
  policies: Policy[]
}

interface Policy {
  name: string
  permissive: boolean
  /** '*' all commands, 'r' SELECT, 'a' INSERT. */
  command: string
  using: string
  check: string
}

async function rows<T extends pg.QueryResultRow>(db: Queryable, text: string): Promise<T[]> {
  return (await db.query<T>(text.replaceAll(':ours', OURS))).rows
}

/** Ordinary and partitioned tables; a partition keeps what its parent keeps. Temporary tables are nobody's promise. */
const OURS = `(c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
  and n.nspname not like 'pg\\_%' and n.nspname not in (${FOREIGN.map((name) => `'${name}'`).join(', ')})
  and n.nspname || '.' || c.relname <> 'public.migration')`

function listTables(db: Queryable): Promise<TableRow[]> {
  return rows<TableRow>(
    db,
    `select c.oid::int as oid, n.nspname || '.' || c.relname as name, n.nspname as schema, c.relpersistence as persistence,
            obj_description(c.oid, 'pg_class') as comment, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
            format_type(a.atttypid, a.atttypmod) as "countyType", a.attnotnull as "countyRequired",
            array(select pg_get_expr(k.conbin, k.conrelid) from pg_constraint k where k.conrelid = c.oid and k.contype = 'c') as checks,
            coalesce((select json_agg(json_build_object('name', p.polname, 'permissive', p.polpermissive, 'command', p.polcmd,
               'using', coalesce(pg_get_expr(p.polqual, p.polrelid), ''), 'check', coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')))
               from pg_policy p where p.polrelid = c.oid), '[]') as policies
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       left join pg_attribute a on a.attrelid = c.oid and a.attname = 'county' and not a.attisdropped
      where :ours`,
  )
}

function kindOf({ comment }: TableRow): TableKind {
  if (comment?.startsWith('reference:')) return 'reference'
  return comment?.startsWith('exception:') ? 'exception' : 'county'
}

function lintTable(table: TableRow): SchemaFinding[] {
  const found: [rule: string, detail: string][] = []
  if (table.schema === 'public') found.push(['schema', 'a table outside a module'])
  if (table.persistence === 'u') found.push(['unlogged', 'a crash would empty it'])
  const words = (table.comment ?? '').replace(/^(reference|exception):/, '').trim()
  if (words.length < 10)
    found.push(['comment', 'every table says in a comment what it holds; an exception says why'])
  if (kindOf(table) === 'county') found.push(...countyColumn(table), ...rowSecurity(table))
  return found.map(([rule, detail]) => ({ table: table.name, rule, detail }))
}

function countyColumn({ countyType, countyRequired, checks }: TableRow): [string, string][] {
  if (countyType === null)
    return [['county', 'neither a county column nor a comment that starts with "reference:" or "exception:"']]
  const found: [string, string][] = []
  if (countyType !== 'text') found.push(['county-type', `county is ${countyType}; it must be text`])
  if (!countyRequired) found.push(['county-null', 'county may be null'])
  if (!checks.includes(COUNTY_CHECK) && !checks.includes(QUICK_COUNTY_CHECK))
    found.push(['county-check', `no check ${COUNTY_CHECK}`])
  return found
}

function rowSecurity({ schema, secured, forced, policies }: TableRow): [string, string][] {
  const found: [string, string][] = []
  if (!secured) found.push(['rls', 'row-level security is not enabled'])
  if (!forced) found.push(['rls-forced', 'row-level security is not forced on the owner'])
  const scope = policies.find(({ name }) => name === 'scope')
  const append = policies.find(({ name }) => name === 'scope_append')
  if (!scope) found.push(['rls-scope', 'no policy named scope'])
  else if (scope.command !== (append ? 'r' : '*') || !isScoped(scope)) {
    found.push([
      'rls-scope',
      `the policy scope must hold for all commands and test county by ${SCOPE_SETTING}`,
    ])
  }
  if (append && (append.command !== 'a' || !isScoped(append))) {
    found.push(['rls-scope', `the policy scope_append is for INSERT and tests county by ${SCOPE_SETTING}`])
  }
  if (schema !== 'platform' && policies.some(reachesCounty)) {
    found.push(['rls-scope', 'only the plumbing may reach the whole county of a town clerk'])
  }
  const doors = policies.filter((policy) => policy.permissive && policy !== scope && policy !== append)
  if (doors.length > 0) {
    found.push([
      'rls-other',
      `further permissive policies open the table: ${doors.map(({ name }) => name).join(', ')}`,
    ])
  }
  return found
}

function isScoped({ using, check }: Policy): boolean {
  const expressions = [using, check].filter((expression) => expression !== '')
  return (
    expressions.length > 0 &&
    expressions.every((expression) => expression.includes(SCOPE_SETTING) && /\bcounty = ANY/.test(expression))
  )
}

function reachesCounty({ using, check }: Policy): boolean {
  return /regexp_replace|substr|left\(/i.test(using + check)
}

interface ConstraintRow {
  table: string
  oid: number
  name: string
  type: string
  first: string | null
  firstOperator: string | null
  target: string | null
  targetOid: number | null
  targetFirst: string | null
  onDelete: string
  onUpdate: string
  deferrable: boolean
}

async function lintConstraints(
  db: Queryable,
  kinds: ReadonlyMap<number, TableKind>,
): Promise<SchemaFinding[]> {
  const constraints = await rows<ConstraintRow>(
    db,
    `select n.nspname || '.' || c.relname as table, c.oid::int as oid, k.conname as name, k.contype as type,
            (select attname from pg_attribute where attrelid = k.conrelid and attnum = k.conkey[1]) as first,
            (select oprname from pg_operator where oid = k.conexclop[1]) as "firstOperator",
            (select tn.nspname || '.' || t.relname from pg_class t join pg_namespace tn on tn.oid = t.relnamespace where t.oid = k.confrelid) as target,
            nullif(k.confrelid, 0)::int as "targetOid",
            (select attname from pg_attribute where attrelid = k.confrelid and attnum = k.confkey[1]) as "targetFirst",
            k.confdeltype as "onDelete", k.confupdtype as "onUpdate", k.condeferrable as deferrable
       from pg_constraint k
       join pg_class c on c.oid = k.conrelid
       join pg_namespace n on n.oid = c.relnamespace
      where :ours and k.contype in ('p', 'u', 'x', 'f', 'c')`,
  )
  const keyed = new Set(constraints.filter(({ type }) => type === 'p').map(({ oid }) => oid))
  const names = await listTables(db)
  const keyless = names
    .filter(({ oid }) => !keyed.has(oid))
    .map(({ name }) => ({ table: name, rule: 'primary-key', detail: 'no primary key' }))
  return [...keyless, ...constraints.flatMap((constraint) => lintConstraint(constraint, kinds))]
}

function lintConstraint(constraint: ConstraintRow, kinds: ReadonlyMap<number, TableKind>): SchemaFinding[] {
  const { table, name, type, first, firstOperator, onDelete, onUpdate, deferrable } = constraint
  const found: [rule: string, detail: string][] = []
  const isCounty = kinds.get(constraint.oid) === 'county'
  if (Buffer.byteLength(name) > NAME_BYTES)
    found.push(['name-length', `${name} is longer than ${NAME_BYTES} bytes`])
  if (deferrable)
    found.push(['deferrable', `${name} would fail at COMMIT, with another code on a distributed engine`])
  if (isCounty && type === 'p' && first !== 'county')
    found.push(['primary-key', `${name} does not start with county`])
  if (isCounty && type === 'u' && first !== 'county')
    found.push(['unique', `${name} does not start with county`])
  if (isCounty && type === 'x' && (first !== 'county' || firstOperator !== '='))
    found.push(['exclusion', `${name} does not start with county with =`])
  if (type === 'f') found.push(...foreignKey(constraint, kinds))
  if ('nd'.includes(onDelete) && type === 'f')
    found.push(['set-null', `${name}: ON DELETE SET NULL or SET DEFAULT`])
  if (type === 'f' && onUpdate !== 'a')
    found.push(['on-update', `${name}: keys never change, so nothing follows an update`])
  return found.map(([rule, detail]) => ({ table, rule, detail }))
}

function foreignKey(
  { oid, name, first, target, targetOid, targetFirst }: ConstraintRow,
  kinds: ReadonlyMap<number, TableKind>,
): [string, string][] {
  const targetKind = targetOid === null ? undefined : kinds.get(targetOid)
  if (targetKind === 'reference') return []
  if (kinds.get(oid) !== 'county')
    return [['foreign-key', `${name}: a reference table or an exception must not point at ${target}`]]
  if (targetKind !== 'county')
    return [['foreign-key', `${name}: points at ${target}, neither a county nor a reference table`]]
  return first === 'county' && targetFirst === 'county'
    ? []
    : [['foreign-key', `${name} does not start with county on both sides`]]
}

/** Unique indexes that are no constraint (partial ones, mostly) promise the same and need the same key. */
async function lintIndexes(db: Queryable, kinds: ReadonlyMap<number, TableKind>): Promise<SchemaFinding[]> {
  const indexes = await rows<{
    table: string
    oid: number
    name: string
    isUnique: boolean
    first: string | null
  }>(
    db,
    `select n.nspname || '.' || c.relname as table, c.oid::int as oid, i.relname as name, x.indisunique as "isUnique",
            (select attname from pg_attribute where attrelid = c.oid and attnum = x.indkey[0]) as first
       from pg_index x
       join pg_class c on c.oid = x.indrelid
       join pg_class i on i.oid = x.indexrelid
       join pg_namespace n on n.oid = c.relnamespace
      where :ours and not exists (select from pg_constraint k where k.conindid = x.indexrelid and k.conrelid = c.oid)`,
  )
  return indexes.flatMap(({ table, oid, name, isUnique, first }) => [
    ...(isUnique && kinds.get(oid) === 'county' && first !== 'county'
      ? [{ table, rule: 'unique', detail: `${name} does not start with county` }]
      : []),
    ...(Buffer.byteLength(name) > NAME_BYTES
      ? [{ table, rule: 'name-length', detail: `${name} is longer than ${NAME_BYTES} bytes` }]
      : []),
  ])
}

function lintTriggers(db: Queryable): Promise<SchemaFinding[]> {
  return rows<{ table: string; rule: string; detail: string }>(
    db,
    `select n.nspname || '.' || c.relname as table, 'trigger' as rule, t.tgname || ': written by the application, in the same transaction' as detail
       from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
      where :ours and not t.tgisinternal
     union all
     select n.nspname || '.' || c.relname, 'rule', r.rulename || ': no rules on tables'
       from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
      where :ours`,
  )
}

function lintDefaults(db: Queryable): Promise<SchemaFinding[]> {
  return rows<SchemaFinding>(
    db,
    `select n.nspname || '.' || c.relname as table, 'identity' as rule, a.attname || ': ids are made by the application' as detail
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where :ours and a.attnum > 0 and not a.attisdropped
        and (a.attidentity <> '' or (a.attgenerated = '' and pg_get_expr(d.adbin, d.adrelid) ~ '(nextval|gen_random_uuid|uuidv7|random)\\('))`,
  )
}

async function lintNames(db: Queryable): Promise<SchemaFinding[]> {
  const names = await rows<{ table: string; name: string }>(
    db,
    `select n.nspname || '.' || c.relname as table, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where :ours`,
  )
  return names
    .filter(({ name }) => Buffer.byteLength(name) > NAME_BYTES)
    .map(({ table, name }) => ({
      table,
      rule: 'name-length',
      detail: `${name} is longer than ${NAME_BYTES} bytes`,
    }))
}
