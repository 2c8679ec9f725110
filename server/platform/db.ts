import { CamelCasePlugin, CompiledQuery, Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { fullInstant } from './dates.ts'

/** The SQL is written out (ADR 0005), so the row types stand at each statement and not in a schema interface. */
export type Schema = Record<string, never>
/** A place to read from. Inside a request it is the request's transaction. */
export type Db = Kysely<Schema>
/** A place to write to: only the command pipeline and the job runner open one, so a write outside a transaction does not compile. */
export type Tx = Transaction<Schema>

const DATE = 1082
const TIMESTAMPTZ = 1184
const INT8 = 20

function parseInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`int8 ${text} does not fit a safe integer`)
  return value
}

/**
 * Instants stay text with microseconds: a JavaScript Date would cut a knowledge cut to milliseconds. All six digits, which the server
 * leaves out where they are 0: so the order of the texts is the order in time.
 */
function parseInstant(text: string): string {
  return fullInstant(text.replace(' ', 'T').replace(/\+00$/, 'Z'))
}

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === DATE) return (text: string) => text
    if (oid === TIMESTAMPTZ) return parseInstant
    if (oid === INT8) return parseInteger
    return pg.types.getTypeParser(oid, format)
  },
}

export interface PoolOptions {
  url: string
  max?: number
  applicationName?: string
  /** False: a commit does not wait for the disk. Only for what would be done anew from the beginning after a crash. */
  isDurable?: boolean
}

export function openPool({
  url,
  max = 10,
  applicationName = 'minben',
  isDurable = true,
}: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    types,
    application_name: applicationName,
    options: `-c timezone=UTC -c datestyle=ISO -c jit=off${isDurable ? '' : ' -c synchronous_commit=off'}`,
  })
  pool.on('error', () => {}) // an idle connection that drops is replaced; the next query reports if the server is gone
  // A connection may also drop while it is lent and no statement is under way; without a listener the process would end.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/**
 * A connection of one job's own, beside the pool: whoever held pooled connections while asking the pool for another would wait for
 * ever once enough others did the same. The caller ends it.
 */
export async function ownConnection(pool: pg.Pool): Promise<pg.Client> {
  const client = new pg.Client(pool.options)
  client.on('error', () => {}) // the statement under way reports that the server is gone
  await client.connect()
  return client
}

export function kyselyOn(pool: pg.Pool): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
}

const INSERT_ROWS = 400

/**
 * Multi-row INSERT of plain values; keys are snake_case column names, objects become JSON text. The text is put together by hand:
 * as a tree of fragments a thousand people cost more in building it than in the database. VALUES and not INSERT … SELECT, which
 * a sharded engine turns into COPY, refused under row-level security.
 */
export async function insertRows(
  tx: Tx,
  table: string,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const first = rows[0]
  if (!first) return
  const columns = Object.keys(first)
  const target = `insert into ${quoted(table.split('.'), '.')} (${quoted(columns, ', ')}) values `
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    const part = rows.slice(start, start + INSERT_ROWS)
    const places = part.map(
      (_, row) => `(${columns.map((_, at) => `$${row * columns.length + at + 1}`).join(',')})`,
    )
    const values = part.flatMap((row) => columns.map((column) => asParameter(row[column])))
    await tx.executeQuery(CompiledQuery.raw(target + places.join(','), values))
  }
}

function quoted(names: readonly string[], separator: string): string {
  return names.map((name) => `"${name.replaceAll('"', '""')}"`).join(separator)
}

function asParameter(value: unknown): unknown {
  if (value === undefined) return null
  if (Array.isArray(value)) return value
  if (value !== null && typeof value === 'object') return JSON.stringify(value)
  return value
}

/** Name of the broken constraint; Citus leaves the field empty and appends a shard number to the name in the message. */
export function constraintOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const named = (error as { constraint?: string }).constraint
  return named ?? /constraint "(.+?)(?:_\d{6,})?"/.exec(error.message)?.[1]
}

export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const state = (error as { code?: string }).code
  if (state === 'XX000' && error.message.includes('conflicting key value violates exclusion constraint'))
    return '23P01'
  return state
}

/** What the server says when it ends a connection: classes 08 and 57P, and the timeouts of an idle session or transaction. */
const LOST_STATES = /^(08...|57P0[1-5]|25P0[34])$/
/** What the socket says. */
const LOST_SOCKET = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])
/** What the driver says; it gives no code. */
const LOST_DRIVER = /^Connection terminated|^Client .* is not queryable$/

/** Whether the server can no longer be reached over the connection: what was asked last may or may not have been done. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as { code?: string }).code
  if (code === undefined) return LOST_DRIVER.test(error.message)
  return LOST_SOCKET.has(code) || LOST_STATES.test(code)
}

export { sql }
