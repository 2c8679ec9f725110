import type { Ctx } from '../../platform/command.ts'
import { invalid } from '../../platform/errors.ts'
import { indexKeyOf } from '../../platform/field-crypto.ts'
import { areaNames } from './area.db.ts'
import { maskedPerson, type MaskedPerson } from './person.actions.ts'
import { findDuplicates, listPeople, type Person } from './person.db.ts'
import * as store from './search.db.ts'
import { lookupOf, placeWords, wordsOf, type Lookup, type NumberKind, type Word } from './search.rules.ts'

export interface FoundPerson extends MaskedPerson {
  /** Town and village by name. */
  place: string | null
}

export interface FoundPeople {
  by: NumberKind | 'name'
  people: FoundPerson[]
  /** Pass as `after` for the next page; null = the end. */
  next: string | null
}

const MAX_LIMIT = 100
const MOST_TWOFOLD = 3

/**
 * People in the actor's areas by name, part of a name, pinyin initials, identity number, phone, or the last four of either; several
 * of these, and a town or a village beside them, narrow it down. Who has exactly the name comes first; numbers masked. The caller
 * checks the permission and leaves the audit row. Throws `registry.search_text_empty`.
 */
export async function findPeople(
  ctx: Ctx,
  { text, limit = 20, after }: { text: string; limit?: number; after?: string },
): Promise<FoundPeople> {
  const words = wordsOf(text)
  const typed = placeWords(words)
  const areas = typed.length === 0 ? [] : await store.listAreasNamed(ctx.tx, ctx.county, typed)
  const lookup = lookupOf(words, areas)
  if (lookup.numbers.length + lookup.keys.length === 0) {
    throw invalid(
      'registry.search_text_empty',
      '请输入姓名、姓名拼音首字母、证件号码、电话，或号码的后四位。',
    )
  }
  const size = Math.min(Math.max(limit, 1), MAX_LIMIT)
  const page = { after, limit: size + 1 }
  const named = await listAsName(ctx, { words, lookup, page })
  const inPlaces = await lookUp(ctx, lookup, page)
  const found = [...named, ...inPlaces.filter(({ id }) => named.every((each) => each.id !== id))]
  const people = await shown(ctx, found.slice(0, size))
  const by = lookup.numbers[0]?.kind ?? 'name'
  return { by, people, next: found.length > size ? (people.at(-1)?.id ?? null) : null }
}

/** 李 东和: what is a village's name may be a person's too, and then stands first. */
function listAsName(
  { tx, county }: Ctx,
  { words, lookup, page }: { words: readonly Word[]; lookup: Lookup; page: store.Page },
): Promise<Person[]> {
  const isTwofold = lookup.places.length > 0 && lookup.numbers.length === 0
  const isFirst = page.after === undefined && page.limit > MOST_TWOFOLD + 1
  if (!isTwofold || !isFirst) return Promise.resolve([])
  return store.listByFullName(tx, county, { ...lookupOf(words), limit: MOST_TWOFOLD })
}

/** By numbers in the order of ids; by name those first who have exactly it. */
async function lookUp(ctx: Ctx, lookup: Lookup, page: store.Page): Promise<Person[]> {
  const { tx, county } = ctx
  if (lookup.numbers.length > 0) {
    const numbers = lookup.numbers.map((number) => hashesOf(ctx, number))
    return store.listByNumbers(tx, county, { ...lookup, numbers, ...page })
  }
  const last = page.after === undefined ? [] : await listPeople(tx, county, [page.after])
  const isBehindExact = page.after !== undefined && last[0]?.fullName !== lookup.name
  const exact = isBehindExact ? [] : await store.listByFullName(tx, county, { ...lookup, ...page })
  if (exact.length === page.limit) return exact
  const after = isBehindExact ? page.after : undefined
  const limit = page.limit - exact.length
  return [...exact, ...(await store.listByNameKeys(tx, county, { ...lookup, after, limit }))]
}

function hashesOf(
  { keys, county }: Ctx,
  { kind, text }: Lookup['numbers'][number],
): [store.HashColumn, string][] {
  const hash = (as: Parameters<typeof indexKeyOf>[1]['kind']) => indexKeyOf(keys, { county, kind: as }, text)
  if (kind === 'id_number') return [['id_hash', hash('id_number')]]
  if (kind === 'phone') return [['phone_hash', hash('phone')]]
  const ofNumber: [store.HashColumn, string] = ['id_tail', hash('id_tail')]
  // A phone has no X.
  return text.endsWith('X') ? [ofNumber] : [ofNumber, ['phone_tail', hash('phone_tail')]]
}

async function shown({ tx, keys }: Ctx, people: readonly Person[]): Promise<FoundPerson[]> {
  const codes = people.flatMap(({ town, village }) => [town, village]).filter((code) => code !== null)
  const names = await areaNames(tx, [...new Set(codes)])
  return people.map((person) => {
    const places = [person.town, person.village].flatMap((code) =>
      code === null ? [] : (names.get(code) ?? code),
    )
    return { ...maskedPerson(keys, person), place: places.length === 0 ? null : places.join(' ') }
  })
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
  for (const person of await store.listByIdHashes(tx, county, [...hashes.keys()])) {
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
