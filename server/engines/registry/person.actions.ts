import { command, type Command, type Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import { constraintOf } from '../../platform/db.ts'
import { conflict, invalid, type AppError } from '../../platform/errors.ts'
import {
  decryptField,
  encryptField,
  indexKeyOf,
  type FieldPlace,
  type IndexKind,
} from '../../platform/field-crypto.ts'
import { checkIdNumber, maskIdNumber } from '../../platform/id-number.ts'
import type { KeyRing } from '../../platform/keys.ts'
import { maskPhone } from '../../platform/masking.ts'
import { nameKeys } from '../../platform/name-keys.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { areaNames } from './area.db.ts'
import { factRowOf, storeFacts } from './fact.actions.ts'
import { FACT_KINDS, type FactKind, type OwnFact } from './fact.schema.ts'
import type { FactRow } from './fact.db.ts'
import { recordLooks } from './look.actions.ts'
import {
  findDuplicates,
  getPerson,
  insertNameKeys,
  insertPeople,
  type Person,
  type PersonRow,
} from './person.db.ts'
import { identityOf, normalisePhone, repeatedIndexes, type Identity } from './person.rules.ts'
import { CheckDuplicate, RegisterPeople, RevealIdentity, type NewPerson } from './person.schema.ts'
import { requireAreasInForce } from './place.actions.ts'
import { requirePlace } from './place.rules.ts'
import { dayAt } from './timeline.rules.ts'

export interface PeopleRegistered {
  /** In the order of the list; null = left out because the identity is on file. */
  ids: (string | null)[]
  taken: { index: number; town: string | null }[]
}

export function registerPeopleCommand(kinds: readonly FactKind[]): Command<RegisterPeople, PeopleRegistered> {
  return command({
    event: 'registry.person.registered',
    isBulk: true,
    permission: 'registry.person.register',
    input: RegisterPeople,
    run: (ctx, input) => registerPeopleIn(ctx, kinds, input),
    subject: (_, { ids, taken }) => ({
      people: ids.length - taken.length,
      taken: taken.length,
      ids: ids.slice(0, 20),
    }),
  })
}

export const registerPeople = registerPeopleCommand(FACT_KINDS)

interface Entry {
  index: number
  person: NewPerson
  identity: Identity
  row: PersonRow
}

async function registerPeopleIn(
  ctx: Ctx,
  kinds: readonly FactKind[],
  { people, skipTaken }: RegisterPeople,
): Promise<PeopleRegistered> {
  const at = await ctx.recordedAt()
  const all = people.map((person, index) => entryOf(ctx, { person, index, at }))
  await requireAreasInForce(ctx, at, people)
  requireDistinct(all)
  const taken = await findTaken(ctx, all)
  const [first] = taken
  if (first && !skipTaken) throw await identityTaken(ctx, first)
  const out = new Set(taken.map(({ index }) => index))
  const entries = all.filter(({ index }) => !out.has(index))
  await storePeople(ctx, entries, at)
  const facts = entries.flatMap((entry) => factsOf(kinds, entry, at))
  await storeFacts(ctx, kinds, facts)
  return { ids: all.map(({ index, row }) => (out.has(index) ? null : row.id)), taken }
}

function entryOf(ctx: Ctx, { person, index, at }: { person: NewPerson; index: number; at: Instant }): Entry {
  requirePlace(ctx.actor, ctx.county, person)
  const identity = identityOf(person, { index, today: dayAt(at) })
  const id = person.id ?? uuidv7()
  const phone = person.phone === undefined || person.phone === '' ? null : normalisePhone(person.phone)
  const row: PersonRow = {
    id,
    fullName: person.fullName,
    sex: identity.sex,
    idKind: identity.number === null ? 'none' : 'citizen',
    ...sealedIdentity(ctx, { id, number: identity.number, phone }),
    town: person.town,
    village: person.village,
  }
  return { index, person, identity, row }
}

/** A number and a phone as a person's row keeps them: ciphertext, and keyed hashes by which they are found. */
export function sealedIdentity(
  { keys, county }: Pick<Ctx, 'keys' | 'county'>,
  { id, number, phone }: { id: string; number: string | null; phone: string | null },
): Pick<PersonRow, 'idCipher' | 'idHash' | 'idTail' | 'phoneCipher' | 'phoneHash' | 'phoneTail'> {
  const hash = (kind: IndexKind, value: string | null) =>
    value === null ? null : indexKeyOf(keys, { county, kind }, value)
  return {
    idCipher: number === null ? null : encryptField(keys, idPlace(id), number),
    idHash: hash('id_number', number),
    idTail: hash('id_tail', number),
    phoneCipher: phone === null ? null : encryptField(keys, phonePlace(id), phone),
    phoneHash: hash('phone', phone),
    phoneTail: hash('phone_tail', phone),
  }
}

function requireDistinct(entries: readonly Entry[]): void {
  const repeated = repeatedIndexes(entries.map(({ identity }) => identity.number))
  if (repeated.length === 0) return
  throw invalid(
    'registry.identity_repeated',
    `名单中有 ${repeated.length} 人的证件号码重复出现，未保存。请删去重复的行后再提交。`,
    { indexes: repeated },
  )
}

async function findTaken(ctx: Ctx, entries: readonly Entry[]): Promise<PeopleRegistered['taken']> {
  const hashes = entries.flatMap(({ row }) => (row.idHash === null ? [] : [row.idHash]))
  const duplicates = await findDuplicates(ctx.tx, ctx.county, hashes)
  return entries.flatMap(({ index, row }) => {
    const duplicate = row.idHash === null ? undefined : duplicates.get(row.idHash)
    return duplicate ? [{ index, town: duplicate.town }] : []
  })
}

/** Tells that somebody is on file and whom to ask, and nothing about who it is. */
async function identityTaken(
  ctx: Ctx,
  { index, town }: { index?: number; town: string | null },
): Promise<AppError> {
  const names = town === null ? undefined : await areaNames(ctx.tx, [town])
  const office = (town !== null && names?.get(town)) || town || '县级民政部门'
  return conflict(
    'registry.identity_taken',
    `该证件号码已在本县建档，未重复建档。请与${office}经办人员核对。`,
    { ...(index === undefined ? {} : { index }), town },
  )
}

async function storePeople(ctx: Ctx, entries: readonly Entry[], at: Instant): Promise<void> {
  try {
    await insertPeople(ctx.tx, ctx.county, { people: entries.map(({ row }) => row), at })
  } catch (error) {
    throw mapped(error)
  }
  const keys = entries.flatMap(({ row: { id, fullName, town, village } }) =>
    nameKeys(fullName).map((key) => ({ key, personId: id, town, village })),
  )
  await insertNameKeys(ctx.tx, ctx.county, keys)
}

/** Reached only when another clerk entered the same person between our look and our insert. */
function mapped(error: unknown): unknown {
  const constraint = constraintOf(error)
  if (constraint === 'person_one_identity') {
    return conflict('registry.identity_taken', '该证件号码刚刚已由他人建档，未重复建档。请查询后核对。')
  }
  if (constraint === 'person_pk') {
    return conflict('registry.person_exists', '这些人员已经建档，未重复建档。请刷新后再试。')
  }
  return error
}

function factsOf(kinds: readonly FactKind[], { person, identity, row }: Entry, at: Instant): FactRow[] {
  const { village, town, source } = person
  const today = dayAt(at)
  const own: OwnFact[] = [
    ...(identity.bornOn === null
      ? []
      : [{ kind: 'birth', value: { on: identity.bornOn }, from: identity.bornOn, to: null, source }]),
    {
      kind: 'residence',
      value: { village, town },
      from: person.residentSince ?? identity.bornOn ?? today,
      to: null,
      source,
    },
    ...(person.registeredPoor === true
      ? [{ kind: 'registered_poor', value: {}, from: today, to: null, source }]
      : []),
    ...(person.facts ?? []),
  ]
  return own.map((fact) => factRowOf(kinds, { ...fact, personId: row.id }, { town, village }))
}

/** Yes or no for one number, whoever's town it is in; the question itself is on record. */
export const checkDuplicate = command({
  event: 'registry.duplicate.checked',
  permission: 'registry.duplicate.check',
  input: CheckDuplicate,
  run: checkDuplicateIn,
  subject: (_, { found }) => ({ found }),
})

async function checkDuplicateIn(
  ctx: Ctx,
  { idNumber }: CheckDuplicate,
): Promise<{ found: boolean; town: string | null; townName: string | null }> {
  const checked = checkIdNumber(idNumber)
  if (!checked.ok) throw invalid(checked.code.replace('platform.', 'registry.'), checked.message)
  const hash = indexKeyOf(ctx.keys, { county: ctx.county, kind: 'id_number' }, checked.number)
  const duplicate = (await findDuplicates(ctx.tx, ctx.county, [hash])).get(hash)
  if (!duplicate) return { found: false, town: null, townName: null }
  const { town } = duplicate
  const names = await areaNames(ctx.tx, town === null ? [] : [town])
  return { found: true, town, townName: town === null ? null : (names.get(town) ?? null) }
}

/** Number and phone in clear, for a stated purpose that the audit row keeps. */
export const revealIdentity = command({
  event: 'registry.identity.revealed',
  permission: 'registry.identity.reveal',
  isSecret: true,
  input: RevealIdentity,
  run: async (ctx, { personId, purpose }) => {
    const person = await getPerson(ctx.tx, ctx.county, personId)
    await recordLooks(ctx, [person], { what: 'revealed', purpose })
    return { idNumber: openIdNumber(ctx.keys, person), phone: openPhone(ctx.keys, person) }
  },
  subject: ({ personId, purpose }) => ({ personId, purpose }),
})

/** In clear: for files that must carry it. Throws `platform.cipher_tampered` when the text came from another row. */
export function openIdNumber(keys: KeyRing, person: Pick<Person, 'id' | 'idCipher'>): string | null {
  return person.idCipher === null ? null : decryptField(keys, idPlace(person.id), person.idCipher)
}

export function openPhone(keys: KeyRing, person: Pick<Person, 'id' | 'phoneCipher'>): string | null {
  return person.phoneCipher === null ? null : decryptField(keys, phonePlace(person.id), person.phoneCipher)
}

export interface MaskedPerson {
  id: string
  fullName: string
  sex: 'male' | 'female' | null
  idNumber: string | null
  phone: string | null
  town: string | null
  village: string | null
  aliasOf: string | null
  version: number
}

/** What lists and searches show. */
export function maskedPerson(keys: KeyRing, person: Person): MaskedPerson {
  const { id, fullName, sex, town, village, aliasOf, version } = person
  const number = openIdNumber(keys, person)
  const phone = openPhone(keys, person)
  return {
    id,
    fullName,
    sex,
    idNumber: number === null ? null : maskIdNumber(number),
    phone: phone === null ? null : maskPhone(phone),
    town,
    village,
    aliasOf,
    version,
  }
}

function idPlace(rowId: string): FieldPlace {
  return { table: 'registry.person', column: 'id_cipher', rowId }
}

function phonePlace(rowId: string): FieldPlace {
  return { table: 'registry.person', column: 'phone_cipher', rowId }
}
