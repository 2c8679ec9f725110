import { listNamedAccounts, listRolesWith } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { fullInstant, type Instant, type PlainDate } from '../../platform/dates.ts'
import { notFound } from '../../platform/errors.ts'
import { areaNames } from './area.db.ts'
import { tagsOf } from './file-text.rules.ts'
import { summaryOf } from './file-summary.rules.ts'
import type { Member } from './household.db.ts'
import { recordLooks } from './look.actions.ts'
import { maskedPerson } from './person.actions.ts'
import type { Person } from './person.db.ts'
import {
  listFileFacts,
  listHousemates,
  listRecords,
  type FileFact,
  type Housemate,
} from './person-file.db.ts'
import * as rules from './person-file.rules.ts'
import type { AwardInFile, CashInFile } from './file-money.schema.ts'
import type { FileEvent, FileMember, FilePlace, Hidden, Money, ShownFact } from './person-file.schema.ts'
import { dayAt } from './timeline.rules.ts'

/** What other engines know of a person, handed over by the composition: the registry knows neither of them. */
export interface PersonFileParts {
  awards: (ctx: Ctx, question: FileQuestion) => Promise<AwardInFile[]>
  cash: (ctx: Ctx, question: CashQuestion) => Promise<CashInFile>
  awardEvents: (ctx: Ctx, question: FileQuestion) => Promise<{ awardIds: string[]; events: FileEvent[] }>
  cashEvents: (ctx: Ctx, question: CashQuestion) => Promise<FileEvent[]>
}

export interface FileQuestion {
  /** All records of one human being; empty when a household is asked about. */
  personIds: readonly string[]
  /** When they belonged to which household. */
  memberships: readonly Pick<Member, 'householdId' | 'from' | 'to'>[]
  on: PlainDate
  /** As known then; null = now. */
  cut: Instant | null
  /** Names that are known already. */
  names: ReadonlyMap<string, string | null>
}

export interface CashQuestion {
  awardIds: readonly string[]
  personIds: readonly string[]
  cut: Instant | null
}

/** Awards, lines, cash: a file without it says who may see it. */
export const MONEY_PERMISSION = 'benefits.award.read'

export interface AsOf {
  now: Instant
  on: PlainDate
  cut: Instant | null
}

export async function asOfOf(
  ctx: Ctx,
  { on, known }: { on?: string | undefined; known?: string | undefined },
): Promise<AsOf> {
  const now = await ctx.clock.now(ctx.tx)
  const cut = known === undefined ? null : cutOf(known)
  return { now, cut, on: on ?? dayAt(cut !== null && cut < now ? cut : now) }
}

/** The last instant of a day in China; an instant with an offset in UTC. */
function cutOf(known: string): Instant {
  if (known.length === 10) return `${known}T15:59:59.999999Z`
  return fullInstant(known)
}

export interface OpenedFile {
  person: Person
  /** The record asked for, when it goes by this person. */
  mergedFrom: string | null
  alsoKnownAs: string[]
  /** All records of this human being in reach. */
  personIds: string[]
}

/** The file of a person, by any record. Throws `registry.person_unknown`, `registry.person_merged_elsewhere`. */
export async function openFile({ tx, county }: Ctx, personId: string): Promise<OpenedFile> {
  const found = await listRecords(tx, county, personId)
  const asked = found.find(({ id }) => id === personId)
  if (!asked)
    throw notFound('registry.person_unknown', '找不到这个人，或不在您负责的地区。请从搜索重新进入。')
  const records = asked.aliasOf === null ? found : await listRecords(tx, county, asked.aliasOf)
  const person = records.find(({ id }) => id === (asked.aliasOf ?? personId))
  if (!person) {
    throw notFound(
      'registry.person_merged_elsewhere',
      '这份档案已并入另一份档案，后者不在您负责的地区。请由县级人员查看。',
    )
  }
  const alsoKnownAs = records.filter(({ id }) => id !== person.id).map(({ id }) => id)
  const mergedFrom = asked.id === person.id ? null : asked.id
  return { person, mergedFrom, alsoKnownAs, personIds: [person.id, ...alsoKnownAs] }
}

/** Undefined = the reader may see the money. */
export async function moneyHidden(ctx: Ctx): Promise<Hidden | undefined> {
  if (ctx.actor.permissions.has(MONEY_PERMISSION)) return undefined
  const roles = await listRolesWith(ctx.tx, MONEY_PERMISSION)
  const whom = roles.length === 0 ? '安全管理员核对岗位' : roles.join('、')
  const text = `待遇和发放情况不在您的岗位权限内。需要时请找${whom}。`
  return { permission: MONEY_PERMISSION, roles, text }
}

export interface FileInput {
  personId: string
  on?: string | undefined
  known?: string | undefined
}

export async function readFile(ctx: Ctx, parts: PersonFileParts, input: FileInput) {
  const file = await openFile(ctx, input.personId)
  const asOf = await asOfOf(ctx, input)
  const { on, cut, now: at } = asOf
  const { personIds, person } = file
  const housemates = await listHousemates(ctx.tx, ctx.county, { personIds, cut })
  const memberships = housemates.filter(({ personId }) => personIds.includes(personId))
  const names = new Map([
    ...housemates.map(({ personId, fullName }) => [personId, fullName] as const),
    [person.id, person.fullName],
  ])
  const life = await readLife(ctx, file, { asOf, housemates, memberships })
  const hidden = await moneyHidden(ctx)
  const money = hidden ? null : await readMoney(ctx, parts, { personIds, memberships, names, on, cut })
  await recordLooks(ctx, [person], { what: 'file', at })
  const { household, shown } = life
  return {
    person: life.person,
    mergedFrom: file.mergedFrom,
    alsoKnownAs: file.alsoKnownAs,
    asOf: { on, known: cut },
    tags: life.tags,
    household,
    facts: shown.own,
    money,
    summary: summaryOf({
      ...{ on, personId: person.id, household, money },
      ...{ facts: shown.own, mateFacts: shown.mates },
    }),
    hidden: hidden ? { money: hidden } : {},
    may: { reveal: ctx.actor.permissions.has('registry.identity.reveal') },
  }
}

async function readMoney(ctx: Ctx, parts: PersonFileParts, question: FileQuestion): Promise<Money> {
  const awards = await parts.awards(ctx, question)
  const awardIds = awards.map(({ id }) => id)
  const { personIds, cut, on } = question
  const cash = await parts.cash(ctx, { awardIds, personIds, cut })
  return rules.moneyOf(awards, cash, on)
}

interface Life {
  person: ReturnType<typeof personShown>
  tags: { key: string; title: string }[]
  household: { id: string; members: FileMember[] } | null
  shown: { own: ShownFact[]; mates: (ShownFact & { fullName: string | null })[] }
}

interface Household {
  asOf: AsOf
  housemates: readonly Housemate[]
  memberships: readonly Member[]
}

/** What the registry itself knows of the person on the day: identity, household, facts. */
async function readLife(
  ctx: Ctx,
  { person, personIds }: OpenedFile,
  { asOf: { on, cut }, housemates, memberships }: Household,
): Promise<Life> {
  const { tx, county } = ctx
  const [current] = rules.inForce(memberships, on)
  const members = rules.inForce(housemates, on).filter((each) => each.householdId === current?.householdId)
  const everybody = [...new Set([...personIds, ...members.map(({ personId }) => personId)])]
  const facts = rules.inForce(await listFileFacts(tx, county, { personIds: everybody, cut }), on)
  const names = await namesOf(ctx, { person, facts })
  const people = new Map(housemates.map((each) => [each.personId, each.fullName]))
  const nameOf = (id: string) => people.get(id) ?? null
  const own = facts.filter(({ personId }) => personIds.includes(personId))
  const show = (fact: FileFact) => rules.factShown(fact, names)
  const knowledge = { on, facts, nameOf, selfIds: personIds }
  const shownMembers = rules.inHouseOrder(members.map((member) => rules.memberShown(member, knowledge)))
  const self = shownMembers.find(({ isSelf }) => isSelf)
  const role = self ? [{ key: 'relation', title: self.relationTitle }] : []
  return {
    person: personShown(ctx, { person, own, personIds, names, on }),
    tags: [...role, ...tagsOf(own)],
    household: current ? { id: current.householdId, members: shownMembers } : null,
    shown: {
      own: own.map(show),
      mates: facts
        .filter(({ personId }) => !personIds.includes(personId))
        .map((fact) => ({ ...show(fact), fullName: nameOf(fact.personId) })),
    },
  }
}

/** Areas and people of the office that stand in the file. */
async function namesOf(
  { tx }: Ctx,
  { person, facts }: { person: Person; facts: readonly FileFact[] },
): Promise<rules.Names> {
  const lived = facts
    .filter(({ kind }) => kind === 'residence')
    .flatMap(({ value }) => [value.town, value.village])
  const codes = [person.town, person.village, ...lived].filter((code) => typeof code === 'string')
  const areas = await areaNames(tx, [...new Set(codes)])
  const hands = facts.map(({ recordedBy }) => recordedBy)
  const accounts = await listNamedAccounts(tx, hands)
  return {
    areaOf: (code) => areas.get(code) ?? null,
    accountOf: (id) => accounts.get(id)?.fullName ?? null,
  }
}

interface PersonKnowledge {
  person: Person
  own: readonly FileFact[]
  personIds: readonly string[]
  names: rules.Names
  on: PlainDate
}

/** Masked; the place is that of the day where a fact tells it. */
function personShown(ctx: Ctx, { person, own, personIds, names, on }: PersonKnowledge) {
  const { id, fullName, sex, idNumber, phone, version } = maskedPerson(ctx.keys, person)
  const born = rules.bornOn(own, personIds)
  const death = own.find(({ kind }) => kind === 'death')
  const lived = own.find(({ kind }) => kind === 'residence')?.value
  const placeOf = (code: unknown, now: string | null): FilePlace | null => {
    const found = typeof code === 'string' ? code : now
    return found === null ? null : { code: found, name: names.areaOf(found) }
  }
  return {
    ...{ id, fullName, sex, idNumber, phone, version, bornOn: born },
    age: rules.ageOf(born, death?.from ?? on),
    diedOn: death?.from ?? null,
    town: placeOf(lived?.town, person.town),
    village: placeOf(lived?.village, person.village),
  }
}
