import type { Ctx } from '../../platform/command.ts'
import { invalid } from '../../platform/errors.ts'
import { indexKeyOf } from '../../platform/field-crypto.ts'
import { maskedPerson, type MaskedPerson } from './person.actions.ts'
import { findDuplicates, type Person } from './person.db.ts'
import { listByHash, listByIdHashes, listByNameKeys, type Page } from './search.db.ts'
import { lookupOf, type Lookup } from './search.rules.ts'

export interface FoundPeople {
  by: Exclude<Lookup['by'], 'nothing'>
  people: MaskedPerson[]
  /** Pass as `after` for the next page; null = the end. */
  next: string | null
}

const MAX_LIMIT = 100

/**
 * People in the actor's areas by name, part of a name, pinyin initials, identity number, its last four, or phone; numbers
 * masked. The caller checks the permission and leaves the audit row. Throws `registry.search_text_empty`.
 */
export async function findPeople(
  ctx: Ctx,
  { text, limit = 20, after }: { text: string; limit?: number; after?: string },
): Promise<FoundPeople> {
  const lookup = lookupOf(text)
  if (lookup.by === 'nothing') {
    throw invalid('registry.search_text_empty', '请输入姓名、姓名拼音首字母、证件号码、证件后四位或电话。')
  }
  const size = Math.min(Math.max(limit, 1), MAX_LIMIT)
  const rows = await lookUp(ctx, lookup, { after, limit: size + 1 })
  const people = rows.slice(0, size).map((person) => maskedPerson(ctx.keys, person))
  return { by: lookup.by, people, next: rows.length > size ? (people.at(-1)?.id ?? null) : null }
}

function lookUp(
  { tx, keys, county }: Ctx,
  lookup: Exclude<Lookup, { by: 'nothing' }>,
  page: Page,
): Promise<Person[]> {
  if (lookup.by === 'name') return listByNameKeys(tx, county, { keys: lookup.keys, ...page })
  const hash = indexKeyOf(keys, { county, kind: lookup.by }, lookup.text)
  const column = { id_number: 'id_hash', id_tail: 'id_tail', phone: 'phone_hash' } as const
  return listByHash(tx, county, { column: column[lookup.by], hash, ...page })
}

/** Somebody on file under a number: who it is where the asker may know it, else the town to ask. */
export interface OnFile {
  person: Person | null
  town: string | null
}

/** Of each number that is on file in the county, also outside the asker's areas. The caller leaves the audit row. */
export async function findOnFile(
  { tx, keys, county }: Ctx,
  numbers: readonly string[],
): Promise<Map<string, OnFile>> {
  const hashes = new Map(
    numbers.map((number) => [indexKeyOf(keys, { county, kind: 'id_number' }, number), number]),
  )
  const found = new Map<string, OnFile>()
  for (const person of await listByIdHashes(tx, county, [...hashes.keys()])) {
    const number = hashes.get(person.idHash)
    if (number !== undefined) found.set(number, { person, town: person.town })
  }
  const others = [...hashes].filter(([, number]) => !found.has(number)).map(([hash]) => hash)
  for (const [hash, { town }] of await findDuplicates(tx, county, others)) {
    const number = hashes.get(hash)
    if (number !== undefined) found.set(number, { person: null, town })
  }
  return found
}
