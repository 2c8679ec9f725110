import type { Actor } from '../server/platform/access.ts'
import { execute, type Command } from '../server/platform/command.ts'
import type { TestDb } from './db.ts'
import type { PlantedCounty } from './scope-world.ts'

/** One line per address that writes: how a request comes about that succeeds, and what the same content under another key comes to. */

export interface Place {
  db: TestDb
  of: PlantedCounty
  /** Another number each time. */
  count: () => number
}

export interface Write {
  by: Actor
  /** Parts of the path but the county. */
  path?: Readonly<Record<string, string | number>>
  body?: Readonly<Record<string, unknown>>
}

export type OtherKey =
  /** Refused with this code: the state does not allow it twice. */
  | { refused: string }
  /** Done again, and that is what was asked for: two receipts of one amount are two receipts. */
  | 'another effect'
  /** Accepted, and nothing changes: it says how things shall be, and they are. */
  | 'no effect'

export interface WriteLine {
  /** A case of its own each time it is called. */
  make: (place: Place) => Promise<Write>
  otherKey: OtherKey
  /** Valid content that is not the same, where no word of it can be changed. */
  other?: (write: Write) => Pick<Write, 'path' | 'body'>
}

export type WriteLines = Readonly<Record<string, WriteLine>>

/** As somebody of the county, with a key that nobody uses again. */
export function does<Input, Result>(
  { db, of, count }: Place,
  actor: Actor,
  definition: Command<Input, Result>,
  input: unknown,
): Promise<Result> {
  const call = { actor, county: of.county, idempotencyKey: `prepared-${count()}`, input }
  return execute(db.deps, definition, call)
}

export async function only<Row>(place: Place, statement: string, values: unknown[] = []): Promise<Row> {
  const { rows } = await place.db.pool.query<Row & object>(statement, [place.of.county, ...values])
  const [row] = rows
  if (!row) throw new Error(`nothing for: ${statement}`)
  return row
}
