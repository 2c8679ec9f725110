import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { groupBy } from '../../platform/group.ts'
import { maskNumbersIn } from '../../platform/masking.ts'
import { areaNames, currentFacts, listPeople } from '../registry/index.ts'
import { listCovered, type QueuedRow } from './determination-queue.db.ts'
import { dutiesOf, KIND_TITLES } from './determination-view.rules.ts'
import type { Determination } from './determination-view.schema.ts'
import { listLaw } from './policy.db.ts'
import { listGrants } from './preview.db.ts'
import { sentenceOf } from './preview.rules.ts'
import type { Assessed, AutomaticFacts, Program, ProgramBook } from './programs.rules.ts'
import { isMissingRate, rateBook, type RatesOf } from './rates.rules.ts'
import { needsBirths } from './run-law.rules.ts'

/** As much of a determination as its money depends on. */
type WeighedRow = Pick<
  QueuedRow,
  'awardId' | 'program' | 'holderKind' | 'holderId' | 'fromMonth' | 'outcome' | 'content'
>

/** A row with the money that it means. */
export interface Weighed<Row extends WeighedRow = QueuedRow> {
  row: Row
  program: Program
  /** In the first month: under it, and by what is in force. Null = nothing is given; undefined = a standard is missing. */
  would: Assessed | null | undefined
  now: Assessed | null | undefined
  /** Whom it covers, or, where it ends something, whom that covered. */
  people: readonly string[]
}

/** What these decisions come to under today's law; asked of the database once for all of them. */
export async function weigh<Row extends WeighedRow>(
  ctx: Ctx,
  programs: ProgramBook,
  rows: readonly Row[],
): Promise<{ weighed: Weighed<Row>[]; basisOf: (rateId: string) => string }> {
  const { tx, county } = ctx
  const law = await listLaw(tx, county)
  const rates = rateBook(county, law.rates, law.settings)
  const awardIds = [...new Set(rows.map(({ awardId }) => awardId))]
  const months = rows.map(({ fromMonth }) => fromMonth).sort()
  const [first, last] = [months[0], months.at(-1)]
  const grants = first && last ? await listGrants(tx, county, { awardIds, first, last }) : []
  const inForce = groupBy(grants, ({ awardId }) => awardId)
  const covered = groupBy(await listCovered(tx, county, awardIds), ({ awardId }) => awardId)
  const known = rows.map((row) => ({ row, program: requireProgram(programs, row) }))
  const usesBirth = needsBirths(
    known.map(({ program }) => program),
    law.settings,
  )
  const facts = await readFacts(ctx, usesBirth ? known : [], grants)
  const basis = new Map(law.rates.map((rate) => [rate.id, rate.basis]))
  const weighed = known.map(({ row, program }): Weighed<Row> => {
    const grant = (inForce.get(row.awardId) ?? []).find(
      ({ fromMonth, toMonth }) => fromMonth <= row.fromMonth && (toMonth === null || row.fromMonth < toMonth),
    )
    const assessed = (content: unknown) => assess(program, content, { facts, rates, month: row.fromMonth })
    const would = row.outcome === 'end' ? null : assessed(row.content)
    const ofAward = (covered.get(row.awardId) ?? []).map(({ personId }) => personId)
    const people = would ? would.shares.map(([personId]) => personId) : peopleOf(row, program)
    return {
      ...{ row, program, would, now: grant ? assessed(grant.content) : null },
      people: people.length > 0 ? people : ofAward,
    }
  })
  return { weighed, basisOf: (rateId) => basis.get(rateId) ?? '' }
}

function requireProgram(programs: ProgramBook, row: WeighedRow): Program {
  const program = programs.get(row.program)
  if (!program) throw new Error(`award ${row.awardId} names an unknown programme ${row.program}`)
  return program
}

/** Where nothing is due the shares name nobody. */
function peopleOf(
  { outcome, content, holderKind, holderId }: WeighedRow,
  program: Program,
): readonly string[] {
  const covered = outcome === 'grant' ? program.covered(content) : []
  return covered.length === 0 && holderKind === 'person' ? [holderId] : covered
}

function assess(
  program: Program,
  content: unknown,
  { facts, rates, month }: { facts: AutomaticFacts; rates: RatesOf; month: string },
): Assessed | undefined {
  const formula = program.formulas[program.version]
  if (!formula) throw new Error(`formula ${program.key}@${program.version} is gone`)
  try {
    return formula(content, facts, rates, month)
  } catch (error) {
    if (!isMissingRate(error)) throw error
    return undefined
  }
}

async function readFacts(
  { tx, county }: Ctx,
  rows: readonly { row: WeighedRow; program: Program }[],
  grants: readonly { awardId: string; content: unknown }[],
): Promise<AutomaticFacts> {
  const programOf = new Map(rows.map(({ row, program }) => [row.awardId, program]))
  const people = [
    ...rows.flatMap(({ row, program }) => (row.outcome === 'grant' ? program.covered(row.content) : [])),
    ...grants.flatMap(({ awardId, content }) => programOf.get(awardId)?.covered(content) ?? []),
  ]
  if (people.length === 0) return { bornOn: () => undefined }
  const births = await currentFacts(tx, { county, personIds: [...new Set(people)], kinds: ['birth'] })
  const bornOn = new Map(births.map(({ personId, value }) => [personId, String(value.on)]))
  return { bornOn: (personId) => bornOn.get(personId) }
}

/** With names of people, places and colleagues. */
export async function determinationsShown(
  { tx, county, actor }: Ctx,
  weighed: readonly Weighed[],
): Promise<Determination[]> {
  const people = await listPeople(tx, county, [...new Set(weighed.flatMap((each) => each.people))])
  const names = new Map(people.map(({ id, fullName }) => [id, fullName]))
  const codes = weighed.flatMap(({ row }) => [row.town, row.village]).flatMap((code) => code ?? [])
  const areas = await areaNames(tx, [...new Set(codes)])
  const hands = weighed
    .flatMap(({ row }) => [row.madeBy, row.editedBy, row.checkedBy, row.undoneBy])
    .flatMap((id) => id ?? [])
  const colleagues = await listNames(tx, [...new Set(hands)])
  const colleague = (id: string | null) => (id === null ? null : (colleagues.get(id) ?? null))
  const area = (code: string | null) => (code === null ? null : (areas.get(code) ?? null))
  return weighed.map(({ row, program, would, now, people: covered }): Determination => {
    const { id, awardId, kind, outcome, status, cause, clause, decidedLevel, town, village } = row
    return {
      ...{ id, awardId, program: program.key, programTitle: program.title, kind, outcome, status },
      ...{ kindTitle: KIND_TITLES[kind], from: row.fromMonth, to: row.toMonth, clause, decidedLevel },
      cause: maskNumbersIn(cause),
      people: covered.flatMap((personId) => {
        const fullName = names.get(personId)
        return fullName === undefined ? [] : [{ id: personId, fullName }]
      }),
      ...{ town, village, townName: area(town), villageName: area(village) },
      ...{ wouldFen: fenOf(would), nowFen: fenOf(now) },
      ...{ madeBy: colleague(row.madeBy), madeAt: row.madeAt },
      ...{ version: row.version, editedBy: colleague(row.editedBy), editedAt: row.editedAt },
      answeredBy: colleague(row.checkedBy),
      answeredAt: row.recordedAt ?? row.refusedAt,
      ...{ refusedWhy: row.refusedWhy, undoneBy: colleague(row.undoneBy), undoneAt: row.undoneAt },
      undoneWhy: row.undoneWhy,
      ...dutiesOf(row, actor),
    }
  })
}

function fenOf(assessed: Assessed | null | undefined): number | null {
  return assessed === undefined ? null : (assessed?.fen ?? 0)
}

export function sentencesOf({ row, program, would, now }: Weighed, basisOf: (rateId: string) => string) {
  const month = row.fromMonth
  return {
    wouldSentence: sentenceOf({ program, month }, would ?? undefined, basisOf),
    nowSentence: sentenceOf({ program, month }, now ?? undefined, basisOf),
  }
}
