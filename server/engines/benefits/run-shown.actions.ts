import { listNames } from '../../platform/account.db.ts'
import { civilDateOf } from '../../platform/clock.ts'
import type { Ctx } from '../../platform/command.ts'
import { addMonths, monthOf, yearOf } from '../../platform/dates.ts'
import type { Tx } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import { listAwardsById } from './award.db.ts'
import { listCorrections } from './correction.db.ts'
import { listOpeningMonths } from './ledger-opening.db.ts'
import { programsOfGroup, type ProgramBook } from './programs.rules.ts'
import { isLatest, OPEN_STATUSES } from './run.actions.ts'
import { amountOf, correctionsFor, remedyOf, titleOf } from './run-blocker.rules.ts'
import * as store from './run.db.ts'
import { mayApprove, mayCancel, mayCheck } from './run-duties.rules.ts'
import { named, namesOf, personsOfAwards } from './run-people.actions.ts'
import { countChunks, listRequests, type RunRequest } from './run-request.db.ts'
import { stateOfRequests, stepTitle, type RequestState } from './run-request.rules.ts'
import { totalOf } from './run-summary.rules.ts'
import type { RunHead, RunShown } from './run-view.schema.ts'

/** `limitFen` − `usedFen` − `runFen` = `restFen`. */
export interface SourceUse {
  source: string
  program: string
  limitFen: Fen
  usedFen: Fen
  runFen: Fen
  restFen: Fen
}

/** Whether the money of a year is enough; handed in by the composition, since benefits does not know funds. */
export type RunFunds = (
  tx: Tx,
  question: { county: string; fiscalYear: number; amounts: ReadonlyMap<string, Fen> },
) => Promise<{ sources: SourceUse[]; short: { program: string; fen: Fen }[] }>

export function headOf({ no, programGroup, ...run }: store.RunRow, programs: ProgramBook): RunHead {
  const { month, status, isFull, cut, publishedAt, lines, totalFen } = run
  const groupTitle = groupTitleOf(programs, programGroup)
  return { no, group: programGroup, groupTitle, month, status, isFull, cut, publishedAt, lines, totalFen }
}

/** Its programmes by name: what a run computes together. */
function groupTitleOf(programs: ProgramBook, group: string): string {
  return programsOfGroup(programs, group)
    .map(({ title }) => title)
    .join('、')
}

export async function showRun(
  ctx: Ctx,
  run: store.RunRow,
  { programs, funds }: { programs: ProgramBook; funds: RunFunds },
): Promise<RunShown> {
  const { tx, county } = ctx
  const requests = await listRequests(tx, county, run.no)
  const counts = await store.countOpenBlockers(tx, county, run.no)
  const state = stateOfRequests(requests)
  const comparison = run.comparison ?? {}
  return {
    run: headOf(run, programs),
    ...(await handsOf(ctx, run, requests)),
    progress: await countChunks(tx, county, run.no),
    programs: Object.entries(comparison).map(([key, part]) => ({
      key,
      title: programs.get(key)?.title ?? key,
      comparison: part,
    })),
    total: totalOf(comparison),
    blockers: counts.length === 0 ? [] : await blockersOf(ctx, run, programs),
    blockerCounts: counts.map(({ kind, count }) => ({
      ...{ kind, count, title: titleOf(kind), remedy: remedyOf(kind) },
    })),
    may: await mayOf(ctx, run, { state, kinds: counts.map(({ kind }) => kind) }),
    funds: await fundsOf(ctx, run, { programs, funds }),
  }
}

/** Who did what, and what was asked for, with the names of colleagues. */
async function handsOf({ tx }: Ctx, run: store.RunRow, requests: readonly RunRequest[]) {
  const hands = [run.startedBy, run.checkedBy, run.approvedBy].flatMap((id) => id ?? [])
  const names = await listNames(tx, [...hands, ...requests.map(({ askedBy }) => askedBy)])
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null))
  const { pending, failed } = stateOfRequests(requests)
  const rejection = requests.find(({ step, status }) => step === 'reject' && status === 'done')
  return {
    people: {
      startedBy: nameOf(run.startedBy),
      checkedBy: nameOf(run.checkedBy),
      approvedBy: nameOf(run.approvedBy),
    },
    pending: pending ? { ...askedOf(pending), by: nameOf(pending.askedBy) ?? '', at: pending.askedAt } : null,
    failure: failed
      ? {
          ...askedOf(failed),
          ...{ code: failed.code ?? '', message: failed.message ?? '', at: failed.endedAt ?? failed.askedAt },
        }
      : null,
    rejection: rejection
      ? { by: nameOf(rejection.askedBy) ?? '', reason: rejection.reason ?? '', at: rejection.askedAt }
      : null,
  }
}

function askedOf({ step }: RunRequest) {
  return { step, title: stepTitle(step) }
}

async function blockersOf(ctx: Ctx, run: store.RunRow, programs: ProgramBook): Promise<RunShown['blockers']> {
  const { tx, county } = ctx
  const rows = await store.listOpenBlockers(tx, county, run.no)
  const awardIds = rows.flatMap(({ awardId }) => awardId ?? [])
  const awards = await listAwardsById(tx, county, awardIds)
  const persons = await personsOfAwards(ctx, awardIds, addMonths(run.month, -1))
  const names = await namesOf(ctx, [...persons.values()].flat())
  const statusOf = await correctionStatus(ctx, rows)
  return rows.map((row) => {
    const { no, kind, awardId, forMonth } = row
    const award = awardId === null ? undefined : awards.get(awardId)
    return {
      ...{ no, kind, title: titleOf(kind), awardId, forMonth },
      programTitle: award ? (programs.get(award.program)?.title ?? award.program) : null,
      town: award?.town ?? null,
      people: named((awardId && persons.get(awardId)) || [], names),
      fen: kind === 'too_many_corrections' ? totalOf(run.comparison ?? {}).correction.fen : amountOf(row),
      remedy: remedyOf(kind),
      isAnswerable: kind === 'too_many_corrections',
      corrections: correctionsFor(row).map((each) => ({ ...each, status: statusOf(each) })),
    }
  })
}

/** Whether somebody has taken a correction up already. */
async function correctionStatus({ tx, county }: Ctx, rows: readonly store.FindingRow[]) {
  const isAsked = rows.some((row) => correctionsFor(row).length > 0)
  const known = new Map<string, string>(
    (isAsked ? await listCorrections(tx, county) : []).map(
      ({ kind, subject, status }) => [`${kind}:${subject}`, status] as const,
    ),
  )
  return ({ kind, subject }: { kind: string; subject: string }) => {
    const status = known.get(`${kind}:${subject}`)
    return status === 'proposed' || status === 'decided' ? status : ('none' as const)
  }
}

/** What the asker may try now: permission, state and duty; a step that is being carried out is waited for. */
async function mayOf(
  { tx, county, actor }: Ctx,
  run: store.RunRow,
  { state: { pending }, kinds }: { state: RequestState; kinds: readonly string[] },
): Promise<RunShown['may']> {
  const has = (step: string) => actor.permissions.has(`benefits.run.${step}`)
  const isFree = pending === undefined || pending.step === 'compute'
  const cancels = run.status === 'published' && isFree && has('approve') && mayCancel(run, actor.id)
  return {
    check: run.status === 'computed' && isFree && has('check') && mayCheck(run, actor.id),
    approve:
      run.status === 'checked' && isFree && kinds.length === 0 && has('approve') && mayApprove(run, actor.id),
    publish: run.status === 'approved' && isFree && has('publish'),
    reject: OPEN_STATUSES.includes(run.status) && isFree && has('check'),
    cancel: cancels && (await isLatest(tx, county, run)),
    answer:
      (run.status === 'computed' || run.status === 'checked') &&
      kinds.includes('too_many_corrections') &&
      has('approve'),
  }
}

const UNPAID: ReadonlySet<store.RunStatus> = new Set(['computed', 'checked', 'approved'])

/** What this run pays, on the budgets of the year in which it is paid. Recoveries lie beside it: they come back by claims. */
async function fundsOf(
  { tx, county, clock }: Ctx,
  run: store.RunRow,
  { programs, funds }: { programs: ProgramBook; funds: RunFunds },
): Promise<RunShown['funds']> {
  if (!UNPAID.has(run.status)) return null
  const fiscalYear = yearOf(civilDateOf(await clock.now(tx)))
  const amounts = new Map(
    Object.entries(run.comparison ?? {}).map(([program, { regular, arrears }]) => [
      program,
      regular.fen + arrears.fen,
    ]),
  )
  const titled = <Row extends { program: string }>(row: Row) => ({
    ...row,
    programTitle: programs.get(row.program)?.title ?? row.program,
  })
  const { sources, short } = await funds(tx, { county, fiscalYear, amounts })
  return { fiscalYear, sources: sources.map(titled), short: short.map(titled) }
}

/**
 * Months that may be started: the one after the last published, and that one again. Of a group that never was: the month from which
 * the bureau moves in, or this month.
 */
export async function startable(
  { tx, clock, county }: Ctx,
  runs: readonly store.RunRow[],
  programs: ProgramBook,
): Promise<{ group: string; title: string; month: string; isAgain: boolean }[]> {
  const thisMonth = monthOf(civilDateOf(await clock.now(tx)))
  const openings = await listOpeningMonths(tx, county)
  const groups = [...new Set([...programs.values()].map(({ group }) => group))]
  return groups.flatMap((group) => {
    const own = runs.filter((run) => run.programGroup === group)
    if (own.some(({ status }) => OPEN_STATUSES.includes(status))) return []
    const title = groupTitleOf(programs, group)
    const last = own.filter(({ status }) => status === 'published').at(-1)
    if (!last) {
      const opens = programsOfGroup(programs, group).flatMap(({ key }) => openings.get(key) ?? [])
      return [{ group, title, month: opens.sort().at(-1) ?? thisMonth, isAgain: false }]
    }
    return [
      { group, title, month: addMonths(last.month, 1), isAgain: false },
      { group, title, month: last.month, isAgain: true },
    ]
  })
}
