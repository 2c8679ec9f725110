import { requireWholeCounty } from '../../platform/access.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { constraintOf, sqlStateOf } from '../../platform/db.ts'
import { conflict } from '../../platform/errors.ts'
import { enqueue } from '../../platform/jobs.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { isLatest, notCancellable, OPEN_STATUSES, type runCommands } from './run.actions.ts'
import { findRun, type RunRow, type RunStatus } from './run.db.ts'
import { requireMayCancel } from './run-duties.rules.ts'
import { requireStatus } from './run-known.rules.ts'
import { insertRequest, listRequests, type AskedStep } from './run-request.db.ts'
import { stateOfRequests, stepTitle } from './run-request.rules.ts'
import { RejectRun, RunStep, StartRun } from './run.schema.ts'

export const RUN_REQUEST_JOB = 'benefits.run_request.carry_out'

/**
 * Steps that run past a request or past row-level security, as a person asks for them: looked at under the asker's own rights, then
 * carried out by a job that exists if and only if the request took effect.
 */
export function runRequestCommands({ startRun }: ReturnType<typeof runCommands>) {
  const beginRun = command({
    ...startRun,
    input: StartRun.omit({ waitMs: true }),
    run: async (ctx: Ctx, input) => {
      requireWholeCounty(ctx.actor, ctx.county)
      const { runNo } = await startRun.run(ctx, { ...input, waitMs: 10_000 })
      await askFor(ctx, { runNo, step: 'compute' })
      return { runNo, status: 'computing' as const }
    },
    subject: (_, { runNo }) => ({ runNo }),
  })

  const askPublish = command({
    event: 'benefits.run.publish_asked',
    permission: 'benefits.run.publish',
    input: RunStep,
    needsKey: true,
    run: async (ctx: Ctx, { runNo }) => {
      await requireAskable(ctx, runNo, ['approved'])
      return askFor(ctx, { runNo, step: 'publish' })
    },
    subject: ({ runNo }) => ({ runNo }),
  })

  const askReject = command({
    event: 'benefits.run.reject_asked',
    permission: 'benefits.run.check',
    input: RejectRun,
    needsKey: true,
    run: async (ctx: Ctx, { runNo, reason }) => {
      await requireAskable(ctx, runNo, OPEN_STATUSES)
      return askFor(ctx, { runNo, step: 'reject', reason })
    },
    subject: ({ runNo }) => ({ runNo }),
  })

  const askCancel = command({
    event: 'benefits.run.cancel_asked',
    permission: 'benefits.run.approve',
    input: RunStep,
    needsKey: true,
    run: async (ctx: Ctx, { runNo }) => {
      const run = await requireAskable(ctx, runNo, ['published'])
      requireMayCancel(run, ctx.actor.id)
      if (!(await isLatest(ctx.tx, ctx.county, run))) throw notCancellable()
      return askFor(ctx, { runNo, step: 'cancel' })
    },
    subject: ({ runNo }) => ({ runNo }),
  })

  return { beginRun, askPublish, askReject, askCancel }
}

/** The job looks again under the run's lock; here nobody who computes is waited for. */
async function requireAskable(ctx: Ctx, runNo: number, statuses: readonly RunStatus[]): Promise<RunRow> {
  const run = requireStatus(await findRun(ctx.tx, ctx.county, runNo), runNo, statuses)
  const { pending } = stateOfRequests(await listRequests(ctx.tx, ctx.county, runNo))
  if (pending && pending.step !== 'compute') throw alreadyAsked(pending.step)
  return run
}

async function askFor<Step extends AskedStep>(
  ctx: Ctx,
  { runNo, step, reason = null }: { runNo: number; step: Step; reason?: string | null },
) {
  const id = uuidv7()
  const askedAt = await ctx.clock.stamp(ctx.tx)
  try {
    await insertRequest(ctx.tx, ctx.county, { id, runNo, step, reason, askedBy: ctx.actor.id, askedAt })
  } catch (error) {
    if (sqlStateOf(error) !== '23505' || constraintOf(error) !== 'run_request_one_waiting') throw error
    throw alreadyAsked()
  }
  await enqueue(ctx.tx, RUN_REQUEST_JOB, { county: ctx.county, requestId: id }, { key: `run-request:${id}` })
  return { runNo, step, status: 'waiting' as const }
}

function alreadyAsked(step?: AskedStep) {
  const what = step === undefined ? '另一步' : `“${stepTitle(step)}”`
  return conflict(
    'benefits.run_step_pending',
    `这次核算的${what}正在办理，本次没有提交。请等它办完，刷新后再看。`,
    step === undefined ? {} : { step },
  )
}
