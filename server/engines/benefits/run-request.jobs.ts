import { getActorById, requireWholeCounty } from '../../platform/access.ts'
import { execute, type Command, type Deps } from '../../platform/command.ts'
import type { Tx } from '../../platform/db.ts'
import { isAppError } from '../../platform/errors.ts'
import { HandedBack, type JobAttempt, type JobHandlers } from '../../platform/jobs.ts'
import type { ProgramBook } from './programs.rules.ts'
import { RUN_REQUEST_JOB } from './run-request.actions.ts'
import {
  findRequest,
  updateDone,
  updateFailed,
  updateTried,
  type AskedStep,
  type Failure,
  type RunRequest,
} from './run-request.db.ts'
import type { runCommands } from './run.actions.ts'
import { findRun } from './run.db.ts'
import { computeRun } from './run.jobs.ts'

type Steps = Readonly<
  Record<
    AskedStep,
    (deps: Deps, county: string, request: RunRequest, attempt: JobAttempt) => Promise<unknown>
  >
>

/** Carries out what people asked for: as the asker, with the request's own key, so that a repeated job acts once. */
export function runJobs(
  programs: ProgramBook,
  commands: Pick<ReturnType<typeof runCommands>, 'publishRun' | 'rejectRun' | 'cancelRun'>,
): JobHandlers {
  const steps: Steps = {
    compute: (deps, county, { runNo }, { mayGoOn }) =>
      computeAsked(deps, programs, { county, runNo, onProgress: () => mayGoOn?.() }),
    publish: (deps, county, request) => actAsAsker(deps, county, { request, step: commands.publishRun }),
    reject: (deps, county, request) => actAsAsker(deps, county, { request, step: commands.rejectRun }),
    cancel: (deps, county, request) => actAsAsker(deps, county, { request, step: commands.cancelRun }),
  }
  return {
    [RUN_REQUEST_JOB]: (deps, payload, attempt) =>
      carryOut(deps, steps, { ...(payload as { county: string; requestId: string }), attempt }),
  }
}

async function carryOut(
  deps: Deps,
  steps: Steps,
  { county, requestId, attempt }: { county: string; requestId: string; attempt: JobAttempt },
): Promise<void> {
  const request = await findRequest(deps.database.runner, county, requestId)
  if (request?.status !== 'waiting') return
  const { id } = request
  try {
    await steps[request.step](deps, county, request, attempt)
  } catch (error) {
    if (error instanceof HandedBack) throw error
    const isRefused = isRefusal(error)
    const failure = failureOf(error, request.step, attempt)
    await write(deps, async (tx) => {
      if (!isRefused && !attempt.isLast) return updateTried(tx, county, { id, ...failure })
      return updateFailed(tx, county, { id, at: await deps.clock.stamp(tx), ...failure })
    })
    if (isRefused) return
    throw error
  }
  await write(deps, async (tx) => updateDone(tx, county, { id, at: await deps.clock.stamp(tx) }))
}

function write(deps: Deps, work: (tx: Tx) => Promise<void>): Promise<void> {
  return deps.database.runner.transaction().execute(work)
}

/** Somebody who computes the run elsewhere may be a connection that is just dying: it is worth another try. */
function isRefusal(error: unknown): boolean {
  return isAppError(error) && error.status < 500 && error.code !== 'benefits.run_busy'
}

/** What the asker reads; of an unexpected error not its text, which may hold values. */
function failureOf(error: unknown, step: AskedStep, { isLast }: JobAttempt): Failure {
  const { code, message } = isAppError(error)
    ? error
    : { code: 'platform.unexpected', message: '系统出错，这一步还没有办成。' }
  if (isRefusal(error)) return { code, message }
  const anew = step === 'compute' ? '退回这次核算，重新开始' : '重新提交'
  const rest = isLast
    ? `多次尝试都没有办成，已停止。请联系系统管理员，处理后${anew}。`
    : '系统会自动再试，请稍后刷新。'
  return { code, message: `${message}${rest}` }
}

/** Done before, or rejected before or meanwhile: there is nothing left to compute. */
async function computeAsked(
  deps: Deps,
  programs: ProgramBook,
  { county, runNo, onProgress }: { county: string; runNo: number; onProgress: () => void },
): Promise<void> {
  const isComputing = async () => (await findRun(deps.database.runner, county, runNo))?.status === 'computing'
  if (!(await isComputing())) return
  try {
    await computeRun(deps, programs, { county, runNo, onProgress })
  } catch (error) {
    if (await isComputing()) throw error
  }
}

/** The asker's rights as they are now. The runner sees past areas, so the whole county is asked for here. */
async function actAsAsker<Result>(
  deps: Deps,
  county: string,
  { request, step }: { request: RunRequest; step: Command<{ runNo: number }, Result> },
): Promise<void> {
  const actor = await getActorById(deps.database.runner, request.askedBy)
  requireWholeCounty(actor, county)
  await execute(deps, step, {
    actor,
    county,
    idempotencyKey: `run-request:${request.id}`,
    input: { runNo: request.runNo },
  })
}
