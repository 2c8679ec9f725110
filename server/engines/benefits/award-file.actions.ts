import type { Ctx } from '../../platform/command.ts'
import type { Month } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import {
  factTitle,
  listOrganisations,
  listPeople,
  type FileQuestion,
  type PersonFileParts,
} from '../registry/index.ts'
import type { AwardInFile } from '../registry/file-money.schema.ts'
import { awardEventsOf } from './award-event.rules.ts'
import * as store from './award-file.db.ts'
import * as rules from './award-file.rules.ts'
import { explainLine, lineKind, type LineDetail } from './line.rules.ts'
import { listBasis } from './policy.db.ts'
import type { Payee, Program, ProgramBook } from './programs.rules.ts'

interface Around {
  award: store.FileAward
  program: Program
  spans: store.FileSpan[]
}

/** The awards of these people and households, as known, with the spans that make them theirs. */
async function awardsAround(ctx: Ctx, programs: ProgramBook, asked: FileQuestion): Promise<Around[]> {
  const { tx, county } = ctx
  const { personIds, memberships, cut } = asked
  const holderIds = [...new Set([...personIds, ...memberships.map(({ householdId }) => householdId)])]
  const awards = await store.listAwardsAround(tx, county, { holderIds, personIds, cut })
  const awardIds = awards.map(({ id }) => id)
  if (awardIds.length === 0) return []
  const spans = groupBy(await store.listSpansKnown(tx, county, { awardIds, cut }), ({ awardId }) => awardId)
  return awards.flatMap((award) => {
    const program = programs.get(award.program)
    const own = spans.get(award.id) ?? []
    return program && rules.isTheirs(award, own, { program, asked }) ? [{ award, program, spans: own }] : []
  })
}

/** What the file of a person or a household says of awards. */
export function awardsInFile(programs: ProgramBook): PersonFileParts['awards'] {
  return async (ctx, asked) => {
    const around = await awardsAround(ctx, programs, asked)
    if (around.length === 0) return []
    const known = await knowledgeOf(ctx, around, asked)
    return around.map((each) => shown(each, known, asked))
  }
}

interface Knowledge {
  open: ReadonlyMap<string, store.OpenMatter[]>
  runs: ReadonlyMap<number, store.PublishedRun>
  /** Lines that count, by award. */
  lines: ReadonlyMap<string, store.ExplainedRow[]>
  basis: ReadonlyMap<string, string>
  payeeName: (payee: Payee) => string | null
}

async function knowledgeOf(ctx: Ctx, around: readonly Around[], asked: FileQuestion): Promise<Knowledge> {
  const { tx, county } = ctx
  const { cut, on } = asked
  const awardIds = around.map(({ award }) => award.id)
  const oneOff = new Set(around.filter(({ program }) => program.isOneOff).map(({ award }) => award.id))
  const spans = around.flatMap((each) => each.spans)
  const months = rules.monthsAsked(on, spans, (id) => oneOff.has(id))
  const runs = await store.listPublishedRuns(tx, county, cut)
  const all = await store.listExplainedOfAwards(tx, county, { awardIds, months })
  const open = await store.listOpenMatters(tx, county, { awardIds, cut })
  const lines = all.filter(({ runNo }) => runs.has(runNo))
  const last = [...groupBy(lines, ({ awardId }) => awardId).values()].flatMap((group) => group.at(-1) ?? [])
  const rates = last.flatMap(({ detail }) => ratesOf(detail))
  const payees = last.flatMap(({ detail }) => detail.payee ?? [])
  return {
    runs,
    basis: await listBasis(tx, rates),
    payeeName: await payeeNames(ctx, payees, asked.names),
    open: groupBy(open, ({ awardId }) => awardId),
    lines: groupBy(lines, ({ awardId }) => awardId),
  }
}

export function ratesOf({ rates }: LineDetail): string[] {
  return rates.map(({ id }) => id)
}

/** Names of people and organisations in the reader's areas; who is known already is not asked for again. */
async function payeeNames(
  { tx, county }: Ctx,
  payees: readonly Payee[],
  known: FileQuestion['names'],
): Promise<(payee: Payee) => string | null> {
  const idsOf = (kind: Payee['kind']) => [
    ...new Set(payees.filter((payee) => payee.kind === kind && !known.has(payee.id)).map(({ id }) => id)),
  ]
  const [people, organisations] = [idsOf('person'), idsOf('organisation')]
  const named = [
    ...(people.length === 0 ? [] : await listPeople(tx, county, people)),
    ...(organisations.length === 0 ? [] : await listOrganisations(tx, county, organisations)),
  ]
  const names = new Map(named.map(({ id, fullName }) => [id, fullName]))
  return ({ id }) => names.get(id) ?? known.get(id) ?? null
}

function shown({ award, program, spans }: Around, known: Knowledge, asked: FileQuestion): AwardInFile {
  const { personIds, on } = asked
  const months = rules.countedMonths(known.lines.get(award.id) ?? [], personIds)
  const latest = months.at(-1)
  const open = known.open.get(award.id) ?? []
  const proposals = open.filter(({ matter }) => matter === 'proposal')
  const payee = latest?.last.detail.payee ?? null
  return {
    ...{ id: award.id, program: program.key, programTitle: program.title, isOneOff: program.isOneOff },
    ...{ through: award.holderKind, holderId: award.holderId },
    ...rules.standingOf(program, spans, { on, isProposed: proposals.length > 0 }),
    amount: latest ? amountShown(program, latest, known) : null,
    payee: payee && { ...payee, name: known.payeeName(payee) },
    months: months.map(({ month, dueFen, ownFen }) => ({ month, dueFen, ownFen })),
    proposals: proposals.map(({ id, kind, fromMonth, cause, since }) => ({
      ...{ id, fromMonth: fromMonth ?? '', cause: cause ?? '', madeAt: since },
      title: rules.determinationTitle(kind),
    })),
    questions: open
      .filter(({ matter }) => matter === 'question')
      .map(({ id, kind, since }) => ({ id, title: factTitle(kind), openedAt: since })),
  }
}

function amountShown(
  program: Program,
  { month, dueFen, ownFen, last }: rules.CountedMonth,
  { runs, basis }: Knowledge,
): NonNullable<AwardInFile['amount']> {
  return { month, dueFen, ownFen, runNo: last.runNo, sentence: sentenceOf(program, last, { runs, basis }) }
}

/** The sentence of a stored line; its kind follows from the month of its run. */
export function sentenceOf(
  program: Program,
  line: store.ExplainedRow,
  { runs, basis }: Pick<Knowledge, 'runs' | 'basis'>,
): string {
  const runMonth: Month = runs.get(line.runNo)?.month ?? line.forMonth
  const kind = lineKind(line.forMonth, runMonth, line.fen)
  return explainLine(program, { ...line, kind }, (rateId) => basis.get(rateId) ?? '')
}

/** What happened to the awards of somebody: decisions, and the lines by which an amount changed. */
export function awardEvents(programs: ProgramBook): PersonFileParts['awardEvents'] {
  return async (ctx, asked) => {
    const { tx, county } = ctx
    const around = await awardsAround(ctx, programs, asked)
    const awardIds = around.map(({ award }) => award.id)
    if (awardIds.length === 0) return { awardIds, events: [] }
    const opens = around.map(({ award }) => award.ledgerOpensMonth).reduce((a, b) => (a < b ? a : b))
    const months = rules.monthsSince(opens, asked.on)
    const runs = await store.listPublishedRuns(tx, county, null)
    const lines = await store.listLinesOfAwards(tx, county, { awardIds, months })
    const determinations = await store.listDeterminationsOf(tx, county, awardIds)
    const byAward = {
      lines: groupBy(lines, ({ awardId }) => awardId),
      determinations: groupBy(determinations, ({ awardId }) => awardId),
    }
    const events = around.flatMap(({ award, program }) =>
      awardEventsOf({
        ...{ award, program, runs },
        lines: byAward.lines.get(award.id) ?? [],
        determinations: byAward.determinations.get(award.id) ?? [],
      }),
    )
    return { awardIds, events }
  }
}
