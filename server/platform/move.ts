/**
 * Carries an installation to another PostgreSQL: each table as it stood at one moment, with the queue of jobs, in one transaction
 * there. Every row is compared before the commit; where anything differs, nothing is kept.
 */
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { conflict } from './errors.ts'
import { listPlacements } from './placement.ts'
import { requireServer } from './migrate.ts'
import { inOrder } from './placement.rules.ts'

export interface MovedTable {
  name: string
  rows: number
}

export interface MoveOptions {
  from: string
  /** Migrated by this version, and empty. */
  to: string
  onProgress?: (done: { table: string; index: number; total: number }) => void
}

const QUEUE = [
  'graphile_worker._private_tasks',
  'graphile_worker._private_job_queues',
  'graphile_worker._private_known_crontabs',
  'graphile_worker._private_jobs',
]

/** To a database that `requireTarget` let pass. Answers with the rows of each table. Throws `platform.move_differs`. */
export async function copyDatabase({ from, to, onProgress = () => {} }: MoveOptions): Promise<MovedTable[]> {
  const [source, target] = [clientOf(from), clientOf(to)]
  await source.connect()
  try {
    await target.connect()
    await source.query('begin isolation level repeatable read read only')
    await target.query('begin')
    const tables = [...inOrder(await listPlacements(source)).map(({ name }) => name), ...QUEUE]
    await target.query(`truncate ${tables.join(', ')}`)
    const moved: MovedTable[] = []
    for (const [index, table] of tables.entries()) {
      onProgress({ table, index, total: tables.length })
      moved.push(await moveTable(source, target, table))
    }
    await moveSequences(source, target)
    await target.query('commit')
    await target.query('analyze')
    return moved
  } finally {
    // An open transaction ends with its connection, and nothing of it stays.
    await target.end()
    await source.end()
  }
}

/** The same text of the same value on both servers. */
function clientOf(url: string): pg.Client {
  return new pg.Client({
    connectionString: url,
    application_name: 'minben-move',
    options:
      '-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1 -c statement_timeout=0',
  })
}

/** Before anything else is opened: what is done meanwhile would be lost. */
export async function requireQuiet(adminUrl: string): Promise<void> {
  const source = clientOf(adminUrl)
  await source.connect()
  const { rowCount } = await source.query(
    `select from pg_stat_activity where datname = current_database() and usename like 'minben\\_%'`,
  )
  await source.end()
  if (rowCount === 0) return
  throw conflict(
    'platform.move_in_use',
    '服务还在使用现在的数据库，搬走之后办的会丢。什么都没有改动。请先停掉所有 serve 和 worker，再搬。',
  )
}

/**
 * Before anything is made there. Throws `platform.server_old`, `platform.move_needs_bypass`, `platform.move_not_empty`.
 */
export async function requireTarget(to: string): Promise<void> {
  const target = clientOf(to)
  try {
    await target.connect()
    await requireServer(target)
    await requireMayCopy(target)
    await requireEmpty(target)
  } finally {
    await target.end()
  }
}

/** The runner reads behind row-level security, and so does whoever makes it and fills its tables. */
async function requireMayCopy(target: pg.ClientBase): Promise<void> {
  const { rows } = await target.query<{ may: boolean }>(
    'select rolsuper or (rolbypassrls and rolcreaterole) as may from pg_roles where rolname = current_user',
  )
  if (rows[0]?.may) return
  throw conflict(
    'platform.move_needs_bypass',
    '目标数据库的这个账号不能建立角色，或写不了受行级权限保护的表。什么都没有改动。请用超级用户，或同时带 CREATEROLE 和 BYPASSRLS 的账号搬。',
  )
}

async function requireEmpty(target: pg.ClientBase): Promise<void> {
  for (const table of [
    'platform.installation',
    'platform.account',
    'platform.audit_row',
    'registry.person',
  ]) {
    if (await hasRows(target, table)) throw notEmpty(table)
  }
  const foreign = await foreignTable(target)
  if (foreign !== undefined) throw notEmpty(foreign)
}

function notEmpty(table: string) {
  return conflict(
    'platform.move_not_empty',
    `目标数据库里已有资料（${table}）。什么都没有改动。请换一个新建的空数据库。`,
  )
}

async function hasRows(target: pg.ClientBase, table: string): Promise<boolean> {
  const { rows } = await target.query<{ isThere: boolean }>(
    'select to_regclass($1) is not null as "isThere"',
    [table],
  )
  if (!rows[0]?.isThere) return false
  return (await target.query(`select from ${table} limit 1`)).rowCount !== 0
}

/** A table of somebody else's: ours are there from an attempt that was broken off, those of extensions from the server. */
async function foreignTable(target: pg.ClientBase): Promise<string | undefined> {
  const { rows } = await target.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and to_regclass('public.migration') is null
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      order by 1 limit 1`,
  )
  return rows[0]?.name
}

/** Columns that hold what was given; a generated one is computed again there. */
async function columnsOf(client: pg.ClientBase, table: string): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  )
  return rows[0]?.columns ?? ''
}

async function moveTable(source: pg.ClientBase, target: pg.ClientBase, table: string): Promise<MovedTable> {
  const columns = await columnsOf(source, table)
  const out = source.query(copyTo(`copy (select ${columns} from ${table}) to stdout`))
  const into = target.query(copyFrom(`copy ${table} (${columns}) from stdin`))
  await pipeline(out, into)
  const [there, here] = [await digestOf(source, table, columns), await digestOf(target, table, columns)]
  if (there.rows === here.rows && there.sum === here.sum) return { name: table, rows: here.rows }
  throw conflict(
    'platform.move_differs',
    `${table} 搬过去的内容与原来不同（原 ${there.rows} 行，到 ${here.rows} 行）。目标里什么都没有留下，原库没有改动。请保留现场并联系开发者。`,
  )
}

/** Every row counts, in whatever order they lie. */
async function digestOf(
  client: pg.ClientBase,
  table: string,
  columns: string,
): Promise<{ rows: number; sum: string }> {
  const { rows } = await client.query<{ rows: string; sum: string }>(
    `select count(*) as rows, coalesce(sum(hashtextextended(row(${columns})::text, 0)::numeric), 0)::text as sum from ${table}`,
  )
  return { rows: Number(rows[0]?.rows ?? 0), sum: rows[0]?.sum ?? '' }
}

/** Numbers go on after the last one given; ours are rows of platform.counter, the queue's are sequences. */
async function moveSequences(source: pg.ClientBase, target: pg.ClientBase): Promise<void> {
  const { rows } = await source.query<{ name: string; last: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(sequencename) as name, last_value::text as last
       from pg_sequences where last_value is not null and schemaname in ('graphile_worker')`,
  )
  for (const { name, last } of rows)
    await target.query('select setval($1::regclass, $2::bigint)', [name, last])
}
