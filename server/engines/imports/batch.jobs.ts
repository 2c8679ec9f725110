import { getActorById, requirePermission } from '../../platform/access.ts'
import { command, execute, read, type Ctx, type Deps } from '../../platform/command.ts'
import type { PlainDate } from '../../platform/dates.ts'
import { isAppError } from '../../platform/errors.ts'
import { HandedBack, type JobAttempt, type JobHandlers } from '../../platform/jobs.ts'
import { readFileBytes } from '../../platform/stored-file.db.ts'
import { dayAt } from '../registry/index.ts'
import { IMPORT_JOB, LOAD, UNDO, type Step } from './batch.actions.ts'
import * as store from './batch.db.ts'
import { OneImport } from './batch.schema.ts'
import { findingsOf, type Findings } from './batch.rules.ts'
import { batchIn, inParts, sealed, type Work } from './batch-part.jobs.ts'
import { insertFaults } from './fault.db.ts'
import type { KindBook, LoadOptions, ReadRows, UseFinder } from './kind.rules.ts'
import { readSheet } from './sheet.actions.ts'

const STATUS = { check: 'checking', load: 'loading', undo: 'undoing' } as const
/** Where a batch stands when its step was not carried out: what is loaded stays loaded and can be gone on with, or undone. */
const AFTER_FAILURE = { check: 'uploaded', load: 'loaded', undo: 'loaded' } as const

/** Carries out what people asked for, as the asker, with their rights as they are now. */
export function importJobs(kinds: KindBook, uses: readonly UseFinder[]): JobHandlers {
  const steps: Readonly<Record<Step, (work: Work) => Promise<void>>> = {
    check: checkBatch,
    load: loadBatch,
    undo: (work) => undoBatch(work, uses),
  }
  return {
    [IMPORT_JOB]: async (deps, payload, attempt) => {
      const { county, importId, step } = payload as { county: string; importId: string; step: Step }
      const found = await readAsked(deps, { county, importId, step })
      const kind = found && kinds.get(found.batch.kind)
      const { mayGoOn } = attempt
      if (found && kind)
        await carryOut({ deps, kind, mayGoOn, ...found }, { step, attempt, run: steps[step] })
    },
  }
}

/** Undefined when the step was carried out before. The runner reads who asked; everything else is the asker's. */
async function readAsked(
  deps: Deps,
  { county, importId, step }: { county: string; importId: string; step: Step },
): Promise<Pick<Work, 'call' | 'batch'> | undefined> {
  const batch = await store.findBatch(deps.database.runner, county, importId)
  if (batch?.status !== STATUS[step] || batch.askedBy === null) return undefined
  const actor = await getActorById(deps.database.runner, batch.askedBy)
  return { batch, call: { actor, county } }
}

async function carryOut(
  work: Work,
  { step, attempt, run }: { step: Step; attempt: JobAttempt; run: (work: Work) => Promise<void> },
): Promise<void> {
  const { deps, call, batch } = work
  try {
    requirePermission(call.actor, step === 'undo' ? UNDO : LOAD)
    for (const permission of work.kind.permissions) requirePermission(call.actor, permission)
    await run(work)
  } catch (error) {
    if (error instanceof HandedBack) throw error
    const isRefused = isAppError(error) && error.status < 500
    if (isRefused || attempt.isLast) {
      const { code, message } = isAppError(error) ? error : UNEXPECTED
      const failure = { id: batch.id, status: AFTER_FAILURE[step], code, message }
      await deps.database.runner.transaction().execute((tx) => store.updateFailed(tx, call.county, failure))
    }
    if (!isRefused) throw error
  }
}

const UNEXPECTED = {
  code: 'platform.unexpected',
  message: '系统出错，多次尝试都没有办成，已停止。请联系系统管理员，处理后再办一次。',
}

/** Once in a while, so that whoever waits sees that it goes on. */
function progress({ deps, call, batch }: Work, doneRows: number): Promise<void> {
  return deps.database.runner
    .transaction()
    .execute((tx) => store.updateProgress(tx, call.county, { id: batch.id, doneRows }))
}

async function readRows({ deps, batch, kind }: Work, today: PlainDate): Promise<ReadRows<{ row: number }>> {
  const lines = await readSheet(readFileBytes(deps, batch.digest))
  return kind.read(lines, { headerRow: batch.headerRow, columns: batch.columns, today })
}

function optionsOf({ columns, options, fileName }: store.Batch, today: PlainDate): LoadOptions {
  const source = `导入 ${fileName}`.slice(0, 200)
  return { columns, on: options.on ?? today, bankCode: options.bankCode ?? '', source }
}

const CHECKED_AT_ONCE = 1000

async function checkBatch(work: Work): Promise<void> {
  const { deps, call, batch, kind } = work
  const today = await read(deps, call, async (ctx) => dayAt(await ctx.clock.now(ctx.tx)))
  const own = await readRows(work, today)
  const findings = findingsOf(own)
  const units = unitParts(own, Math.max(CHECKED_AT_ONCE, kind.atOnce))
  const options = { ...optionsOf(batch, today), today, seen: new Map<string, number>() }
  let done = 0
  for (const part of units) {
    findings.add(await read(deps, call, (ctx) => kind.check(ctx, part, options)))
    done += part.length
    await progress(work, done)
  }
  await execute(deps, findingsCommand(batch, findings), { ...call, input: { importId: batch.id } })
}

/** Rows of one unit are looked at together. */
function unitParts({ rows, units }: ReadRows<{ row: number }>, size: number): { row: number }[][] {
  const parts: { row: number }[][] = []
  const unitOf = (row: number) => units?.get(row) ?? row
  const sorted = rows.toSorted((a, b) => unitOf(a.row) - unitOf(b.row) || a.row - b.row)
  for (const row of sorted) {
    const part = parts.at(-1)
    const last = part?.at(-1)
    const isOfLast = last !== undefined && unitOf(last.row) === unitOf(row.row)
    if (part && (part.length < size || isOfLast)) part.push(row)
    else parts.push([row])
  }
  return parts
}

/** All of what was found at once: nobody sees half a check. */
function findingsCommand(batch: store.Batch, findings: Findings) {
  return command({
    event: 'imports.batch.checked',
    isBulk: true,
    permission: LOAD,
    input: OneImport,
    run: async (ctx: Ctx, { importId }) => {
      const { rows, faults } = findings.result()
      const counts = { rows: rows.length, faults: faults.length }
      if (!(await batchIn(ctx, importId, 'checking'))) return counts
      await store.deleteFindings(ctx.tx, ctx.county, importId)
      await store.insertBatchRows(ctx.tx, ctx.county, { batch, rows })
      await insertFaults(ctx.tx, ctx.county, { batch, faults: faults.map((fault) => sealed(ctx, fault)) })
      const at = await ctx.clock.stamp(ctx.tx)
      await store.updateEnded(ctx.tx, ctx.county, { id: importId, status: 'checked', at })
      return counts
    },
    subject: ({ importId }, counts) => ({ importId, ...counts }),
  })
}

async function loadBatch(work: Work): Promise<void> {
  const today = await read(work.deps, work.call, async (ctx) => dayAt(await ctx.clock.now(ctx.tx)))
  const own = await readRows(work, today)
  const byRow = new Map(own.rows.map((row) => [row.row, row]))
  const options = optionsOf(work.batch, today)
  await inParts(work, {
    status: 'loading',
    todo: { status: 'ready', order: 'asc' },
    ended: 'loaded',
    event: 'imports.batch.part_loaded',
    permission: LOAD,
    act: (ctx, rows) => loadPart(ctx, { work, rows, byRow, options }),
  })
}

interface LoadPart {
  work: Work
  rows: readonly store.BatchRow[]
  byRow: ReadonlyMap<number, { row: number }>
  options: LoadOptions
}

async function loadPart(ctx: Ctx, { work, rows, byRow, options }: LoadPart): Promise<void> {
  const { kind, batch } = work
  const given = rows.flatMap(({ rowNo }) => byRow.get(rowNo) ?? [])
  const done = await kind.load(ctx, given, options)
  const outcome = rows.map(({ rowNo }) => ({ rowNo, ...(done.get(rowNo) ?? { subjectId: null, why: null }) }))
  const write = (status: store.RowStatus, part: typeof outcome) =>
    store.updateRows(ctx.tx, ctx.county, { batchId: batch.id, rows: part, status })
  await write(
    'loaded',
    outcome.filter(({ subjectId, why }) => why === null && subjectId !== null),
  )
  await write(
    'known',
    outcome.filter(({ subjectId, why }) => why !== null || subjectId === null),
  )
}

async function undoBatch(work: Work, uses: readonly UseFinder[]): Promise<void> {
  await inParts(work, {
    status: 'undoing',
    todo: { status: 'loaded', order: 'desc' },
    ended: 'undone',
    event: 'imports.batch.part_undone',
    permission: UNDO,
    act: (ctx, rows) => undoPart(ctx, { work, rows, uses }),
  })
}

async function undoPart(
  ctx: Ctx,
  { work, rows, uses }: { work: Work; rows: readonly store.BatchRow[]; uses: readonly UseFinder[] },
): Promise<void> {
  const { kind, batch } = work
  const ids = [...new Set(rows.flatMap(({ subjectId }) => subjectId ?? []))]
  // Nobody computes from here on: what is found unused stays so until it is withdrawn.
  await ctx.recordedAt()
  const kept = new Map<string, string>()
  for (const find of uses) for (const [id, why] of await find(ctx, ids)) kept.set(id, why)
  const reason = `撤销导入：${batch.undoneWhy ?? ''}`.slice(0, 200)
  const free = ids.filter((id) => !kept.has(id))
  if (free.length > 0) {
    for (const [id, why] of await kind.undo(ctx, { ids: free, reason })) kept.set(id, why)
  }
  const outcome = rows.map(({ rowNo, subjectId }) => {
    return { rowNo, subjectId, why: kept.get(subjectId ?? '') ?? null }
  })
  const write = (status: store.RowStatus, part: typeof outcome) =>
    store.updateRows(ctx.tx, ctx.county, { batchId: batch.id, rows: part, status })
  await write(
    'kept',
    outcome.filter(({ why }) => why !== null),
  )
  await write(
    'undone',
    outcome.filter(({ why }) => why === null),
  )
}
