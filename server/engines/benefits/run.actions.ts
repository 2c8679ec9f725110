import { command, type Ctx } from '../../platform/command.ts'
import { nextNumber } from '../../platform/counter.db.ts'
import { takeCut } from '../../platform/county-lock.db.ts'
import { addMonths, type Month } from '../../platform/dates.ts'
import { constraintOf, sqlStateOf, type Db, type Tx } from '../../platform/db.ts'
import { conflict, forbidden, invalid } from '../../platform/errors.ts'
import { keepSettledMonth } from './award.db.ts'
import { requireLedgerOpen, requireRunAfterOpening } from './ledger-opening.actions.ts'
import { programsOfGroup, type ProgramBook } from './programs.rules.ts'
import { titleOf } from './run-blocker.rules.ts'
import { mayApprove, mayCheck, requireMayCancel } from './run-duties.rules.ts'
import { requireStatus } from './run-known.rules.ts'
import * as store from './run.db.ts'
import { AnswerFinding, RunStep, StartRun } from './run.schema.ts'

export interface PublishedStep {
  county: string
  runNo: number
  actorId: string
  at: string
}

/** What the cash ledger tells and does at a run's steps; handed in by the composition, since benefits does not know funds. */
export interface RunHooks {
  /** Awards paid (or in flight) for `previous` that this run leaves without money for `month`; of those explained it may be silent. */
  paidButNotDue: (
    tx: Tx,
    question: {
      county: string
      runNo: number
      previous: Month
      month: Month
      programs: string[]
      explained: ReadonlySet<string>
    },
  ) => Promise<string[]>
  afterPublish: (tx: Tx, step: PublishedStep) => Promise<void>
  /** False when any instruction was made for an award and month of the run since its publication. */
  mayCancel: (tx: Tx, county: string, runNo: number) => Promise<boolean>
  afterCancel: (tx: Tx, step: PublishedStep) => Promise<void>
}

export function runCommands(programs: ProgramBook, hooks: RunHooks) {
  const startRun = command({
    event: 'benefits.run.started',
    permission: 'benefits.run.start',
    input: StartRun,
    needsKey: true,
    run: async (ctx: Ctx, { group, month, isFull, waitMs }) => {
      const members = programsOfGroup(programs, group)
      if (members.length === 0) throw invalid('benefits.group_unknown', `没有“${group}”这一组待遇，请核对。`)
      const cut = await takeCut(ctx.tx, ctx.clock, { county: ctx.county, waitMs })
      const base = await store.findLastPublished(ctx.tx, ctx.county, group)
      requireNextMonth(month, base?.month)
      await requireRunAfterOpening(ctx, members, month)
      const no = await nextNumber(ctx.tx, ctx.county, 'run')
      const formulas = Object.fromEntries(members.map((program) => [program.key, program.version]))
      const { county } = ctx
      await insertOnly(ctx, {
        county,
        no,
        group,
        month,
        isFull,
        cut,
        base: base && { no: base.no, cut: base.cut },
        formulas,
        by: ctx.actor.id,
      })
      await keepSettledMonth(ctx.tx, ctx.county, group)
      return { runNo: no, cut }
    },
    subject: (_, { runNo }) => ({ runNo }),
  })

  const checkRun = command({
    event: 'benefits.run.checked',
    permission: 'benefits.run.check',
    input: RunStep,
    needsKey: true,
    run: async (ctx: Ctx, { runNo }) => {
      const run = await requireRun(ctx, runNo, ['computed'])
      if (!mayCheck(run, ctx.actor.id))
        throw forbidden('benefits.maker_is_checker', '发起核算的人不能复核，请由另一位同事复核。')
      await store.updateChecked(ctx.tx, await stepOf(ctx, runNo))
      return { runNo, status: 'checked' as const }
    },
    subject: ({ runNo }) => ({ runNo }),
  })

  const approveRun = command({
    event: 'benefits.run.approved',
    permission: 'benefits.run.approve',
    input: RunStep,
    needsKey: true,
    run: async (ctx: Ctx, { runNo }) => {
      const run = await requireRun(ctx, runNo, ['checked'])
      if (!mayApprove(run, ctx.actor.id)) {
        throw forbidden('benefits.maker_is_checker', '发起或复核这次核算的人不能审批，请由另一位负责人审批。')
      }
      await requireLedgerOpen(ctx, programs, run.programGroup)
      await requireNothingOpen(ctx, run)
      await store.updateApproved(ctx.tx, await stepOf(ctx, runNo))
      return { runNo, status: 'approved' as const }
    },
    subject: ({ runNo }) => ({ runNo }),
  })

  async function requireNothingOpen(ctx: Ctx, run: store.RunRow): Promise<void> {
    const blockers = await store.listOpenBlockers(ctx.tx, ctx.county, run.no)
    if (blockers.length > 0) {
      const kinds = [...new Set(blockers.map((each) => each.kind))]
      throw conflict(
        'benefits.run_blocked',
        `核算还有 ${blockers.length} 项待处理（${kinds.map(titleOf).join('、')}），不能审批。请逐项处理后再审。`,
        {
          blockers: blockers.slice(0, 50),
        },
      )
    }
    const keys = programsOfGroup(programs, run.programGroup)
      .filter((program) => !program.isOneOff)
      .map((program) => program.key)
    if (keys.length === 0) return
    const question = {
      county: ctx.county,
      runNo: run.no,
      previous: addMonths(run.month, -1),
      month: run.month,
      programs: keys,
      explained: await store.listExplainedStops(ctx.tx, ctx.county, run.no),
    }
    const stopped = await hooks.paidButNotDue(ctx.tx, question)
    const silent = stopped.filter((awardId) => !question.explained.has(awardId))
    if (silent.length === 0) return
    throw conflict(
      'benefits.continuity_broken',
      `有 ${silent.length} 笔待遇上月发放、本月没有，又没有停发认定、到期或自动事由，不能审批。请逐户核实。`,
      {
        awards: silent.slice(0, 50),
      },
    )
  }

  const publishRun = command({
    event: 'benefits.run.published',
    isBulk: true,
    permission: 'benefits.run.publish',
    input: RunStep,
    role: 'runner',
    needsKey: true,
    run: async (ctx: Ctx, { runNo }) => {
      await requireRun(ctx, runNo, ['approved'])
      const step = await stepOf(ctx, runNo)
      await store.publishRunRow(ctx.tx, step)
      await hooks.afterPublish(ctx.tx, { county: ctx.county, runNo, actorId: ctx.actor.id, at: step.at })
      return { runNo, status: 'published' as const }
    },
    subject: ({ runNo }) => ({ runNo }),
  })

  const rejectRun = command({
    event: 'benefits.run.rejected',
    permission: 'benefits.run.check',
    input: RunStep,
    role: 'runner',
    needsKey: true,
    run: async (ctx: Ctx, { runNo }) => {
      const run = await requireRun(ctx, runNo, OPEN_STATUSES)
      await store.rejectRunRow(ctx.tx, await stepOf(ctx, runNo))
      await keepSettledMonth(ctx.tx, ctx.county, run.programGroup)
      return { runNo, status: 'rejected' as const }
    },
    subject: ({ runNo }) => ({ runNo }),
  })

  /** Only the latest published run of its group, and only while nothing of it has gone to a bank. */
  const cancelRun = command({
    event: 'benefits.run.cancelled',
    permission: 'benefits.run.approve',
    input: RunStep,
    role: 'runner',
    needsKey: true,
    run: async (ctx: Ctx, { runNo }) => {
      const run = await requireRun(ctx, runNo, ['published'])
      requireMayCancel(run, ctx.actor.id)
      const isLast = await isLatest(ctx.tx, ctx.county, run)
      if (!isLast || !(await hooks.mayCancel(ctx.tx, ctx.county, runNo))) throw notCancellable()
      const step = await stepOf(ctx, runNo)
      await store.cancelRunRow(ctx.tx, step)
      await keepSettledMonth(ctx.tx, ctx.county, run.programGroup)
      await hooks.afterCancel(ctx.tx, { county: ctx.county, runNo, actorId: ctx.actor.id, at: step.at })
      return { runNo, status: 'cancelled' as const }
    },
    subject: ({ runNo }) => ({ runNo }),
  })

  return { startRun, checkRun, approveRun, publishRun, rejectRun, cancelRun }
}

export const OPEN_STATUSES: readonly store.RunStatus[] = ['computing', 'computed', 'checked', 'approved']

/** The last one published of its group, with none after it under way. */
export async function isLatest(db: Db, county: string, { no, programGroup }: store.RunRow): Promise<boolean> {
  const last = await store.findLastPublished(db, county, programGroup)
  return last?.no === no && !(await store.hasOpenRun(db, county, programGroup))
}

export function notCancellable() {
  return conflict(
    'benefits.run_not_cancellable',
    '只有最近一次发布、且尚无任何一笔进入发放批次的核算可以撤销。请改用追溯认定更正。',
  )
}

/** Many corrections in one run stop it until the approver has said why they are right. */
export const answerFinding = command({
  event: 'benefits.finding.answered',
  permission: 'benefits.run.approve',
  input: AnswerFinding,
  needsKey: true,
  run: async (ctx: Ctx, { runNo, kind, answer }) => {
    await requireRun(ctx, runNo, ['computed', 'checked'])
    const answered = await store.updateFindingAnswer(
      ctx.tx,
      { county: ctx.county, runNo },
      { kind, answer, by: ctx.actor.id },
    )
    return { runNo, answered }
  },
  subject: ({ runNo }, { answered }) => ({ runNo, answered }),
})

function requireNextMonth(month: Month, last: Month | undefined): void {
  if (last === undefined || month === last || month === addMonths(last, 1)) return
  throw conflict(
    'benefits.run_month',
    `上次发布的是 ${last}，下一次只能核算 ${last}（补充）或 ${addMonths(last, 1)}，不能核算 ${month}。`,
    { last, month },
  )
}

async function insertOnly(ctx: Ctx, run: store.NewRun): Promise<void> {
  try {
    await store.insertRun(ctx.tx, run)
  } catch (error) {
    if (sqlStateOf(error) !== '23505' || constraintOf(error) !== 'run_one_open') throw error
    throw conflict('benefits.run_open', '这一组待遇已有一次核算在进行。请先完成或退回它，再开始新的核算。')
  }
}

async function requireRun(
  ctx: Ctx,
  runNo: number,
  statuses: readonly store.RunStatus[],
): Promise<store.RunRow> {
  return requireStatus(await store.findRunForUpdate(ctx.tx, ctx.county, runNo), runNo, statuses)
}

/** Stamped like every record that a run may see: a publication or cancellation lies wholly before or wholly after a cut, so a replay counts it alike. */
async function stepOf(ctx: Ctx, no: number): Promise<store.Step> {
  return { county: ctx.county, no, by: ctx.actor.id, at: await ctx.recordedAt() }
}
