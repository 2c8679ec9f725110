import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'

/** What a COPY … TO STDOUT sends, as text; `rowsOf` reads it. */
export async function copyOutText(client: pg.ClientBase, query: string): Promise<string> {
  const parts: Buffer[] = []
  const stream = client.query(copyTo(`copy (${query}) to stdout`))
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

/** Rows of a COPY … TO STDOUT as text fields; null is undefined. Ten times cheaper per row than result objects. */
export async function copyOut(client: pg.ClientBase, query: string): Promise<(string | undefined)[][]> {
  return [...rowsOf(await copyOutText(client, query))]
}

/** One row at a time, so that what is made of a row can be let go before the next is looked at. */
export function* rowsOf(text: string): Generator<(string | undefined)[]> {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at)
    yield fieldsOf(text.slice(at, end))
    at = end + 1
  }
}

function fieldsOf(line: string): (string | undefined)[] {
  const fields: (string | undefined)[] = line.split('\t')
  return line.includes('\\') ? fields.map(unescape) : fields
}

const PLAIN: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function unescape(field: string | undefined): string | undefined {
  if (field === undefined || !field.includes('\\')) return field
  if (field === '\\N') return undefined
  return field.replace(/\\(.)/gs, (_, character: string) => PLAIN[character] ?? character)
}

/** One field of COPY text format; null is \N. */
export function copyField(value: string | number | null): string {
  if (value === null) return '\\N'
  if (typeof value === 'number') return String(value)
  if (!/[\\\n\r\t]/.test(value)) return value
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
}

/** Writes ready lines (each ending in a newline) through COPY … FROM STDIN. */
export async function copyIn(client: pg.ClientBase, target: string, lines: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(blocks(lines)), client.query(copyFrom(`copy ${target} from stdin`)))
}

const BLOCK = 1 << 17

function* blocks(lines: Iterable<string>): Generator<string> {
  let block = ''
  for (const line of lines) {
    block += line
    if (block.length >= BLOCK) {
      yield block
      block = ''
    }
  }
  if (block !== '') yield block
}

export function literal(value: string): string {
  return pg.escapeLiteral(value)
}

export function literals(values: Iterable<string>): string {
  return [...values].map(literal).join(',')
}

/** A transaction by hand, for streams that a query builder cannot carry. */
export async function inTransaction<Result>(
  client: pg.ClientBase,
  work: () => Promise<Result>,
): Promise<Result> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}
