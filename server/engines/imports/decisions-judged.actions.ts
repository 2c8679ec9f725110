import type { Ctx } from '../../platform/command.ts'
import type { Month, PlainDate } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import { formatYuan } from '../../platform/money.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  judgeDrafts,
  listCoveredFrom,
  listUnsignedAwards,
  standingAwards,
  type Judged,
  type Draft,
  type ProgramBook,
} from '../benefits/index.ts'
import { currentFacts, dayAt, membersOn } from '../registry/index.ts'
import { planOf, type Plan, type Planned } from './decision-plan.rules.ts'
import { organisationsOf, withIds } from './organisations.actions.ts'
import type { DecisionRow, DecisionWords } from './decisions.rules.ts'
import type { FaultCode, RowFault } from './fault.rules.ts'
import type { Columns } from './field.rules.ts'
import {
  faultAt,
  lookUpHolders,
  wrongHolder,
  type AtField,
  type Holder,
  type Looked,
} from './holders.actions.ts'
import type { Done } from './kind.rules.ts'
import { officeNames } from './people.actions.ts'

/** A row that can be proposed: about an award on file, or one that is opened with it. */
export interface Proposed {
  row: DecisionRow
  id: string
  isNew: boolean
  holder: Holder
  draft: Draft
}

export interface JudgedRows {
  proposed: Proposed[]
  faults: RowFault[]
  known: Map<number, Done>
}

interface Judging {
  programs: ProgramBook
  known: DecisionWords
  columns: Columns
  /** Holder and programme of the rows of this file so far, and their row. */
  seen: Map<string, number>
}

/** What the registers say to each row: whose award, what is decided already, and what a checker would be told. */
export async function judgedRows(
  ctx: Ctx,
  rows: readonly DecisionRow[],
  { programs, known: words, columns, seen }: Judging,
): Promise<JudgedRows> {
  const looked = await lookUpHolders(ctx, rows, programs)
  const register = await registerOf(ctx, looked)
  const organisations = await organisationsOf(ctx, rows, words)
  const offices = await officeNames(ctx, [...looked.onFile.values()])
  const judged: JudgedRows = { proposed: [], faults: [], known: new Map() }
  const at = (row: DecisionRow, fault: AtField) =>
    judged.faults.push(faultAt(row.row, fault, { columns, fields: words.fields }))
  for (const row of rows) {
    const wrong = wrongHolder(row, looked, offices) ?? lifeFault(row, looked, register)
    const holder = looked.holders.get(row.row)
    if (wrong || !holder) {
      if (wrong) at(row, wrong)
      continue
    }
    const key = `${holder.id} ${row.program}`
    const first = seen.get(key)
    if (first !== undefined) {
      at(row, { field: 'idNumber', code: 'decision_repeated', value: row.idNumber, params: { row: first } })
      continue
    }
    const told = withIds(row, organisations)
    if ('wrong' in told) {
      at(row, told.wrong)
      continue
    }
    const plan = planOne({ ...row, ...told }, { holder, looked, register, words })
    if ('known' in plan) judged.known.set(row.row, { subjectId: null, why: plan.known })
    else if ('fault' in plan) at(row, { field: plan.field, code: plan.fault, value: '', ...paramsOf(plan) })
    else {
      seen.set(key, row.row)
      judged.proposed.push(proposedOf(row, holder, plan.proposal))
    }
  }
  await judgeProposed(ctx, judged, { programs, words, at })
  return judged
}

interface Register {
  awards: ReadonlyMap<string, Awaited<ReturnType<typeof standingAwards>>>
  unsigned: ReadonlySet<string>
  members: ReadonlyMap<string, readonly string[]>
  diedOn: ReadonlyMap<string, PlainDate>
}

async function registerOf(ctx: Ctx, { onFile, holders }: Looked): Promise<Register> {
  const { tx, county } = ctx
  const own = [...holders.values()]
  const ids = [...new Set(own.map(({ id }) => id))]
  const householdIds = [...new Set(own.filter(({ kind }) => kind === 'household').map(({ id }) => id))]
  const on = dayAt(await ctx.clock.now(tx))
  const members = groupBy(await membersOn(tx, { county, householdIds, on }), ({ householdId }) => householdId)
  const people = [...onFile.values()].flatMap(({ person }) => person?.id ?? [])
  const personIds = [...new Set([...people, ...[...members.values()].flat().map(({ personId }) => personId)])]
  const deaths = await currentFacts(tx, { county, personIds, kinds: ['death'] })
  const unsigned = await listUnsignedAwards(tx, county, ids)
  return {
    awards: groupBy(await standingAwards(ctx, ids), ({ holderId, program }) => `${holderId} ${program}`),
    unsigned: new Set(unsigned.map(({ holderId, program }) => `${holderId} ${program}`)),
    members: new Map([...members].map(([id, list]) => [id, list.map(({ personId }) => personId)])),
    diedOn: new Map(deaths.map(({ personId, from }) => [personId, from])),
  }
}

/** Nobody who is dead is given anything; what they were given may be ended. */
function lifeFault(row: DecisionRow, { onFile, holders }: Looked, register: Register): AtField | undefined {
  if (row.act === 'end') return undefined
  const { diedOn, members } = register
  const on = diedOn.get(onFile.get(row.idNumber)?.person?.id ?? '')
  if (on !== undefined) return { field: 'idNumber', code: 'person_dead', value: row.idNumber, params: { on } }
  const others = members.get(holders.get(row.row)?.id ?? '') ?? []
  return others.some((id) => diedOn.has(id))
    ? { field: 'idNumber', code: 'member_dead', value: row.idNumber }
    : undefined
}

function planOne(
  row: DecisionRow,
  {
    holder,
    looked,
    register,
    words,
  }: { holder: Holder; looked: Looked; register: Register; words: DecisionWords },
): Plan {
  const key = `${holder.id} ${row.program}`
  const form = words.form.programs[row.program]
  const personId = looked.onFile.get(row.idNumber)?.person?.id ?? ''
  if (!form) throw new Error(`no form of ${row.program} was handed over`)
  if (register.unsigned.has(key)) return { fault: 'award_unsigned', field: 'program' }
  const members = register.members.get(holder.id) ?? [personId]
  return planOf(row, { form, personId, members, awards: register.awards.get(key) ?? [] })
}

function paramsOf({ params }: Extract<Plan, { fault: FaultCode }>) {
  return params ? { params } : {}
}

function proposedOf(row: DecisionRow, holder: Holder, { award, to, content }: Planned): Proposed {
  const { act, from, program, cause, clause } = row
  const awardId = award?.id ?? uuidv7()
  const draft: Draft = {
    ...{ awardId, program, holderKind: holder.kind, holderId: holder.id, kind: act },
    ...{ outcome: act === 'end' ? 'end' : 'grant', from, to, cause, clause, content },
    ...{ isImported: award !== null && award.lastPaidMonth !== null, spans: award?.spans ?? [] },
  }
  return { row, id: uuidv7(), isNew: award === null, holder, draft }
}

interface JudgingProposed {
  programs: ProgramBook
  words: DecisionWords
  at: (row: DecisionRow, fault: AtField) => void
}

/** What a checker would be told is said before anybody proposes it. */
async function judgeProposed(
  ctx: Ctx,
  judged: JudgedRows,
  { programs, words, at }: JudgingProposed,
): Promise<void> {
  const { proposed } = judged
  const verdicts = await judgeDrafts(
    ctx,
    programs,
    proposed.map(({ draft }) => draft),
  )
  const covered = await coveredElsewhere(ctx, programs, proposed)
  judged.proposed = proposed.filter((each, index) => {
    const verdict = verdicts[index]
    const fault = covered.has(each)
      ? { field: 'program', code: 'covered_elsewhere' as const, value: '' }
      : verdict && verdictFault(each, verdict, words)
    if (fault) at(each.row, fault)
    return !fault
  })
}

function verdictFault(
  { row }: Proposed,
  { refusal, fen }: Judged,
  words: DecisionWords,
): AtField | undefined {
  const whole = { field: 'whole', value: '' }
  if (refusal) {
    const { code, message, details } = refusal
    const month = (value: unknown) => ({ month: String(value as Month) })
    if (code === 'benefits.pays_too_early')
      return { field: 'from', code: 'month_too_early', value: '', params: month(details?.['earliest']) }
    if (code === 'benefits.backwards_needs_retroactive')
      return { field: 'from', code: 'month_settled', value: '', params: month(details?.['settled']) }
    if (code !== 'benefits.rate_missing')
      return {
        ...whole,
        code: 'refused',
        params: { fault: message, remedy: '请核对这一行的内容和起始月份' },
      }
  }
  if (fen === null) {
    const titles = words.form.fields
      .filter(({ key }) => row.said[key] !== undefined)
      .map(({ title }) => title)
    return {
      ...whole,
      code: 'rate_missing',
      params: { month: row.from, title: titles.join('、') || '待遇项目' },
    }
  }
  return row.amountFen === null || row.amountFen === fen
    ? undefined
    : { field: 'amount', code: 'amount_differs', value: '', params: { due: formatYuan(fen) } }
}

/** Somebody whom it would cover is covered from then on by another award that excludes it. */
async function coveredElsewhere(
  ctx: Ctx,
  programs: ProgramBook,
  proposed: readonly Proposed[],
): Promise<ReadonlySet<Proposed>> {
  const found = new Set<Proposed>()
  const grants = proposed.filter(({ draft }) => draft.outcome === 'grant')
  const groups = groupBy(grants, ({ row }) => `${programs.get(row.program)?.exclusiveKey ?? ''} ${row.from}`)
  for (const [key, group] of groups) {
    const [exclusiveKey = '', from = ''] = key.split(' ')
    const people = group.map((each) => programs.get(each.row.program)?.covered(each.draft.content) ?? [])
    const personIds = [...new Set(people.flat())]
    const covered = await listCoveredFrom(ctx.tx, ctx.county, { personIds, exclusiveKey, from })
    const byPerson = groupBy(covered, ({ personId }) => personId)
    for (const [index, each] of group.entries()) {
      const others = (people[index] ?? []).flatMap((id) => byPerson.get(id) ?? [])
      if (others.some(({ awardId }) => awardId !== each.draft.awardId)) found.add(each)
    }
  }
  return found
}
