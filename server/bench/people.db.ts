import type pg from 'pg'
import { sealedIdentity } from '../engines/registry/index.ts'
import { copyField, copyIn } from '../platform/copy.ts'
import type { Instant } from '../platform/dates.ts'
import type { KeyRing } from '../platform/keys.ts'
import { nameKeys } from '../platform/name-keys.ts'
import { withoutIndexes } from './bulk-load.db.ts'
import type { MadePerson } from './people.ts'

/** Tables filled by COPY, with the columns in the order of the rows below. */
const TARGETS = {
  person:
    'registry.person (county, id, full_name, sex, id_kind, id_cipher, id_hash, id_tail, phone_cipher, phone_hash, phone_tail, town, village, recorded_at)',
  key: 'registry.name_key (county, key, person_id, town, village)',
  fact: 'registry.fact (county, id, root_id, person_id, kind, value, valid, source, town, village, recorded_by, recorded_at)',
  household: 'registry.household (county, id, head_id, town, village, recorded_at)',
  member:
    'registry.household_member (county, id, root_id, household_id, person_id, relation, valid, town, village, recorded_by, recorded_at)',
  known: 'bench.person (id, full_name, initials, town, village, id_tail, id_number, phone)',
} as const

type Target = keyof typeof TARGETS
type Rows = Record<Target, string[]>

/** What is known of everybody without asking the product: names and numbers in clear, to make questions from. All are invented. */
const KNOWN = `
  create schema if not exists bench;
  create unlogged table bench.person (
    id         uuid primary key,
    full_name  text not null,
    initials   text not null,
    town       text not null,
    village    text not null,
    id_tail    text not null,
    id_number  text not null,
    phone      text
  )`

/** Towns and villages that awards lie in. */
export async function insertAreas(
  owner: pg.Pool,
  areas: readonly { code: string; name: string; level: string; parent: string }[],
  at: Instant,
): Promise<void> {
  await owner.query(
    `insert into registry.area (id, code, name, level, parent, valid, recorded_at)
     select gen_random_uuid(), code, name, level, parent, '(,)', $2
       from jsonb_to_recordset($1) as a (code text, name text, level text, parent text)`,
    [JSON.stringify(areas), at],
  )
}

const PEOPLE_PER_BLOCK = 10_000

interface Loading {
  people: Iterable<MadePerson>
  county: string
  keys: KeyRing
  makeId: () => string
  by: string
  at: Instant
}

/** Puts people on file as registration would: sealed numbers, search keys, birth and residence, households. */
export async function loadPeople(owner: pg.Pool, loading: Loading): Promise<number> {
  await owner.query(KNOWN)
  const targets = Object.keys(TARGETS) as Target[]
  const tables = ['registry.person', 'registry.fact', 'registry.household_member', 'registry.name_key']
  let count = 0
  const load = async () => {
    const clients = await Promise.all(targets.map(() => owner.connect()))
    try {
      for (const rows of blocksOf(loading)) {
        await Promise.all(
          targets.map(async (target, index) => {
            const client = clients[index]
            if (client) await copyIn(client, TARGETS[target], rows[target])
          }),
        )
        count += rows.person.length
      }
    } finally {
      for (const client of clients) client.release()
    }
  }
  await withoutIndexes(owner, tables, load, ['registry.name_key'])
  return count
}

function* blocksOf(loading: Loading): Generator<Rows> {
  const keysOf = rememberedKeys()
  let rows = emptyRows()
  for (const person of loading.people) {
    addPerson(rows, person, { ...loading, keysOf })
    if (rows.person.length < PEOPLE_PER_BLOCK) continue
    yield rows
    rows = emptyRows()
  }
  yield rows
}

function emptyRows(): Rows {
  return { person: [], key: [], fact: [], household: [], member: [], known: [] }
}

/** Many have one name. */
function rememberedKeys(): (name: string) => string[] {
  const known = new Map<string, string[]>()
  return (name) => {
    const found = known.get(name) ?? nameKeys(name)
    known.set(name, found)
    return found
  }
}

function addPerson(
  rows: Rows,
  person: MadePerson,
  { county, keys, makeId, by, at, keysOf }: Loading & { keysOf: (name: string) => string[] },
): void {
  const { id, fullName, initials, sex, bornOn, idNumber, phone, town, village, household } = person
  const sealed = sealedIdentity({ keys, county }, { id, number: idNumber, phone })
  const { idCipher, idHash, idTail, phoneCipher, phoneHash, phoneTail } = sealed
  const numbers = ['citizen', idCipher, idHash, idTail, phoneCipher, phoneHash, phoneTail]
  rows.person.push(row([county, id, fullName, sex, ...numbers, town, village, at]))
  for (const key of keysOf(fullName)) rows.key.push(row([county, key, id, town, village]))
  const lived = `[${bornOn},)`
  const facts = [
    ['birth', { on: bornOn }],
    ['residence', { town, village }],
  ] as const
  for (const [kind, value] of facts) {
    const factId = makeId()
    const what = [factId, factId, id, kind, JSON.stringify(value), lived, '测算']
    rows.fact.push(row([county, ...what, town, village, by, at]))
  }
  if (household) {
    if (household.relation === 'head') rows.household.push(row([county, household.id, id, town, village, at]))
    const memberId = makeId()
    const what = [memberId, memberId, household.id, id, household.relation, lived]
    rows.member.push(row([county, ...what, town, village, by, at]))
  }
  rows.known.push(row([id, fullName, initials, town, village, idNumber.slice(-4), idNumber, phone]))
}

function row(fields: readonly (string | null)[]): string {
  return `${fields.map(copyField).join('\t')}\n`
}
