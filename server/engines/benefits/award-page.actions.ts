import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import {
  addMonths,
  firstDay,
  lastDay,
  monthOf,
  monthsBetween,
  type Month,
  type PlainDate,
} from '../../platform/dates.ts'
import { notFound } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import {
  areaNames,
  currentAccounts,
  dayAt,
  factText,
  factTitle,
  findHeadName,
  listFileFacts,
  listPeople,
  recordLooks,
  type FileFact,
  type Person,
  type PersonFileParts,
} from '../registry/index.ts'
import type { CashInFile } from '../registry/file-money.schema.ts'
import { ratesOf, sentenceOf } from './award-file.actions.ts'
import * as store from './award-file.db.ts'
import * as rules from './award-file.rules.ts'
import type { AwardMonth, Why } from './award-view.schema.ts'
import { lineKind } from './line.rules.ts'
import { listBasis, listLaw } from './policy.db.ts'
import type { Program, ProgramBook } from './programs.rules.ts'
import { whyOf, type WhyFact } from './why.rules.ts'

/** Payments, holds and claims, handed over by the composition: benefits knows no cash. */
export type AwardCash = PersonFileParts['cash']

export interface AwardInput {
  awardId: string
  month?: Month | undefined
  before?: Month | undefined
  months: number
}

interface Page {
  award: store.FileAward
  program: Program
  spans: store.FileSpan[]
  determinations: store.FileDetermination[]
  runs: ReadonlyMap<number, store.PublishedRun>
  people: Person[]
}

/** One award with its decisions, months and why. Throws `benefits.award_unknown`. */
export async function readAward(
  ctx: Ctx,
  { programs, cash }: { programs: ProgramBook; cash: AwardCash },
  input: AwardInput,
) {
  const { tx, county } = ctx
  const page = await openAward(ctx, programs, input.awardId)
  const { award, program, spans, determinations, runs, people } = page
  const at = await ctx.clock.now(tx)
  const today = dayAt(at)
  const window = windowOf(award.ledgerOpensMonth, monthOf(today), input)
  const months = [...new Set([...window, ...(input.month === undefined ? [] : [input.month])])]
  const personIds = people.map(({ id }) => id)
  const all = await store.listExplainedOfAwards(tx, county, { awardIds: [award.id], months })
  const money = await cash(ctx, { awardIds: [award.id], personIds, cut: null })
  const lines = all.filter(({ runNo }) => runs.has(runNo))
  const counted = rules.countedMonths(lines, personIds)
  const asked = input.month ?? counted.at(-1)?.month
  const line = counted.find(({ month }) => month === asked)?.last
  const why = line ? await readWhy(ctx, page, { line, today }) : null
  await recordLooks(ctx, people, { what: 'award', part: award.id, at })
  const isProposed = determinations.some(({ status }) => status === 'proposed')
  return {
    award: {
      ...(await headOf(ctx, page)),
      ...rules.standingOf(program, spans, { on: today, isProposed }),
    },
    people: people.map(({ id, fullName }) => ({ id, fullName })),
    determinations: await decisionsShown(ctx, page),
    spans: spans.map(({ determinationId, outcome, fromMonth, toMonth }) => {
      return { determinationId, outcome, fromMonth, toMonth }
    }),
    months: window.toReversed().flatMap((month) => monthShown(month, lines, { runs, money })),
    next: (window[0] ?? '') > award.ledgerOpensMonth ? (window[0] ?? null) : null,
    holds: money.holds,
    why,
  }
}

async function openAward(ctx: Ctx, programs: ProgramBook, awardId: string): Promise<Page> {
  const { tx, county } = ctx
  const award = await store.findAward(tx, county, awardId)
  const program = award && programs.get(award.program)
  if (!program)
    throw notFound('benefits.award_unknown', '找不到这项待遇，或不在您负责的地区。请从人员档案进入。')
  const asked = { awardIds: [award.id], cut: null }
  const spans = await store.listSpansKnown(tx, county, asked)
  const determinations = await store.listDeterminationsOf(tx, county, asked.awardIds)
  const runs = await store.listPublishedRuns(tx, county, null)
  const grant = spans.findLast(({ outcome }) => outcome === 'grant')
  const covered = grant ? program.covered(grant.content) : []
  const ids = [...covered, ...(award.holderKind === 'person' ? [award.holderId] : [])]
  const people = await listPeople(tx, county, [...new Set(ids)])
  return { award, program, spans, determinations, runs, people }
}

/** Months of the page, oldest first; never before the ledger opens. */
function windowOf(
  opens: Month,
  now: Month,
  { before, months }: Pick<AwardInput, 'before' | 'months'>,
): Month[] {
  const end = before === undefined ? addMonths(now, 1) : addMonths(before, -1)
  const start = addMonths(end, 1 - months)
  return monthsBetween(start > opens ? start : opens, end)
}

async function headOf({ tx, county }: Ctx, { award, program, people }: Page) {
  const { id, holderKind, holderId, town, village, ledgerOpensMonth } = award
  const codes = [town, village].filter((code) => code !== null)
  const areas = await areaNames(tx, codes)
  const placeOf = (code: string | null) => (code === null ? null : { code, name: areas.get(code) ?? null })
  return {
    ...{ id, program: program.key, programTitle: program.title, isOneOff: program.isOneOff },
    holder: {
      kind: holderKind,
      id: holderId,
      name:
        holderKind === 'person'
          ? (people.find((person) => person.id === holderId)?.fullName ?? null)
          : await findHeadName(tx, county, holderId),
    },
    ...{ town: placeOf(town), village: placeOf(village), ledgerOpensMonth },
    ...{ lastPaidMonth: award.lastPaidMonth, lastPaidFen: award.lastPaidFen, replacesId: award.replacesId },
  }
}

async function decisionsShown({ tx }: Ctx, { program, determinations }: Page) {
  const ids = determinations.flatMap(({ madeBy, checkedBy, undoneBy }) => [madeBy, checkedBy, undoneBy])
  const names = await listNames(tx, [...new Set(ids.filter((id) => id !== null))])
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null))
  return determinations.toReversed().map(({ awardId: _, determinationId: __, content, ...row }) => ({
    ...row,
    title: rules.DETERMINATION_TITLES[row.kind],
    statusTitle: rules.STATUS_TITLES[row.status],
    states: row.outcome === 'grant' ? program.describe(content) : [],
    madeBy: nameOf(row.madeBy),
    checkedBy: nameOf(row.checkedBy),
    undoneBy: nameOf(row.undoneBy),
  }))
}

const PAID = new Set(['paid', 'late_paid'])
const PENDING = new Set(['in_flight', 'unknown'])

/** Nothing for a month without a line, a payment and a claim. */
function monthShown(
  month: Month,
  lines: readonly store.ExplainedRow[],
  { runs, money }: { runs: ReadonlyMap<number, store.PublishedRun>; money: CashInFile },
): AwardMonth[] {
  const own = lines.filter(({ forMonth }) => forMonth === month)
  const payments = money.payments.filter(({ forMonth }) => forMonth === month)
  const claims = money.claims.filter(({ forMonth }) => forMonth === month)
  if (own.length + payments.length + claims.length === 0) return []
  const sumOf = (states: ReadonlySet<string>) =>
    payments.filter(({ status }) => states.has(status)).reduce((sum, { fen }) => sum + fen, 0)
  return [
    {
      month,
      dueFen: own.reduce((sum, { fen }) => sum + fen, 0),
      lines: own.flatMap(({ seq, runNo, fen, dueFen }) => {
        const run = runs.get(runNo)
        if (!run) return []
        const kind = lineKind(month, run.month, fen)
        return [{ seq, runNo, runMonth: run.month, kind, fen, dueFen, publishedAt: run.publishedAt }]
      }),
      ...{ paidFen: sumOf(PAID), pendingFen: sumOf(PENDING), returnedFen: sumOf(new Set(['returned'])) },
      ...{ payments, claims },
    },
  ]
}

async function readWhy(
  ctx: Ctx,
  page: Page,
  { line, today: on }: { line: store.ExplainedRow; today: PlainDate },
): Promise<Why> {
  const { tx, county } = ctx
  const { program, determinations, spans, runs, people } = page
  const month = line.forMonth
  const covered = [...new Set([...people.map(({ id }) => id), ...line.detail.shares.map(([id]) => id)])]
  const { payee } = line.detail
  const basis = await listBasis(tx, ratesOf(line.detail))
  const law = await listLaw(tx, county)
  const facts = await listFileFacts(tx, county, { personIds: covered, cut: null })
  const reviews = await store.listOpenReviews(tx, county, [page.award.id])
  const accounts = payee ? await currentAccounts(tx, county, { holderIds: [payee.id], on }) : new Map()
  return whyOf({
    ...{ county, program, month, line, spans, law, basis },
    sentence: sentenceOf(program, line, { runs, basis }),
    decision: determinations.find(({ id }) => id === line.detail.determination),
    facts: factsShown(facts, { month, people }),
    births: birthsOf(facts),
    questions: [...groupBy(reviews, ({ kind }) => kind).keys()].map(factTitle),
    hasAccount: accounts.size > 0,
  })
}

/** Facts that were true in the month; where somebody lives moves no money. */
function factsShown(
  facts: readonly FileFact[],
  { month, people }: { month: Month; people: readonly Person[] },
): WhyFact[] {
  const names = new Map(people.map(({ id, fullName }) => [id, fullName]))
  return facts
    .filter(({ kind, from, to }) => {
      return kind !== 'residence' && from <= lastDay(month) && (to === null || to > firstDay(month))
    })
    .map((fact) => ({
      ...{ id: fact.id, source: fact.source, from: fact.from },
      personName: names.get(fact.personId) ?? null,
      title: factTitle(fact.kind),
      text: factText(fact, (code) => code),
    }))
}

function birthsOf(facts: readonly FileFact[]): Map<string, string> {
  return new Map(
    facts.flatMap(({ kind, personId, value }) =>
      kind === 'birth' && typeof value.on === 'string' ? [[personId, value.on] as const] : [],
    ),
  )
}
