import { command, execute, type Call, type Ctx, type Deps } from '../../platform/command.ts'
import { encryptField } from '../../platform/field-crypto.ts'
import { isAppError } from '../../platform/errors.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import * as store from './batch.db.ts'
import { faultPlace } from './batch.rules.ts'
import { OneImport } from './batch.schema.ts'
import { insertFaults, type FaultRow } from './fault.db.ts'
import { faultOf, type RowFault } from './fault.rules.ts'
import type { ImportKind } from './kind.rules.ts'

/** What a step works with: the asker's call, the batch as it was asked for, and how its list is read. */
export interface Work {
  deps: Deps
  call: Call
  batch: store.Batch
  kind: ImportKind
}

export function sealed(ctx: Ctx, { row, place, column, code, reason, remedy, value }: RowFault): FaultRow {
  const id = uuidv7()
  const valueCipher = value === '' ? null : encryptField(ctx.keys, faultPlace(id), value)
  return { id, rowNo: row, place, columnTitle: column, code, reason, remedy, valueCipher }
}

/** Whoever carries out the same step at the same time waits here for the other, and finds it over: undefined. */
export async function batchIn(
  ctx: Ctx,
  importId: string,
  status: store.BatchStatus,
): Promise<store.Batch | undefined> {
  const batch = await store.findBatchForUpdate(ctx.tx, ctx.county, importId)
  return batch?.status === status ? batch : undefined
}

export interface Parts {
  status: 'loading' | 'undoing'
  todo: { status: store.RowStatus; order: 'asc' | 'desc' }
  ended: 'loaded' | 'undone'
  event: string
  permission: string
  act: (ctx: Ctx, rows: readonly store.BatchRow[]) => Promise<void>
}

/**
 * Part by part, each in a transaction that also marks its rows: whoever is killed in between goes on with what is left, and whoever
 * comes twice finds nothing. A part that is refused is tried unit by unit, so that one row keeps nobody else out.
 */
export async function inParts(work: Work, parts: Parts): Promise<void> {
  const { deps, call, batch, kind } = work
  const attempt = (limit: number) =>
    execute(deps, partCommand(parts, limit), { ...call, input: { importId: batch.id } })
  let left = true
  while (left) {
    try {
      left = (await attempt(kind.atOnce)) > 0
    } catch (error) {
      if (!isRowRefused(error)) throw error
      await oneByOne(work, parts, attempt)
    }
  }
}

/** Refused for what a row says, not for want of a right or of a database. */
function isRowRefused(error: unknown): boolean {
  return isAppError(error) && error.status < 500 && !error.code.startsWith('platform.')
}

/** As many units as the refused part had rows, then in parts again. */
async function oneByOne(
  work: Work,
  parts: Parts,
  attempt: (limit: number) => Promise<number>,
): Promise<void> {
  let rows = 0
  while (rows < work.kind.atOnce) {
    try {
      const done = await attempt(1)
      if (done === 0) return
      rows += done
    } catch (error) {
      if (!isRowRefused(error) || !isAppError(error)) throw error
      rows += await execute(work.deps, refusedCommand(work, parts, error.message), {
        ...work.call,
        input: { importId: work.batch.id },
      })
    }
  }
}

/** Answers how many rows were done; none are left when it is 0, and the step is over. */
function partCommand({ status, todo, ended, event, permission, act }: Parts, limit: number) {
  return command({
    event,
    isBulk: true,
    permission,
    input: OneImport,
    run: async (ctx: Ctx, { importId }) => {
      const batch = await batchIn(ctx, importId, status)
      if (!batch) return 0
      const { tx, county } = ctx
      const rows = await store.listRowsToDo(tx, county, { batchId: importId, limit, ...todo })
      if (rows.length > 0) {
        await act(ctx, rows)
        await store.updateProgress(tx, county, { id: importId, doneRows: batch.doneRows + rows.length })
      } else
        await store.updateEnded(tx, county, { id: importId, status: ended, at: await ctx.clock.stamp(tx) })
      return rows.length
    },
    subject: ({ importId }, rows) => ({ importId, rows }),
  })
}

/** The first unit is put aside with what was said against it. */
function refusedCommand({ batch }: Work, { status, todo, permission }: Parts, message: string) {
  return command({
    event: 'imports.batch.row_refused',
    permission,
    input: OneImport,
    run: async (ctx: Ctx, { importId }) => {
      if (!(await batchIn(ctx, importId, status))) return 0
      const { tx, county } = ctx
      const rows = await store.listRowsToDo(tx, county, { batchId: importId, limit: 1, ...todo })
      const isLoad = status === 'loading'
      const aside = rows.map(({ rowNo, subjectId }) => ({ rowNo, subjectId, why: isLoad ? null : message }))
      await store.updateRows(tx, county, {
        batchId: importId,
        rows: aside,
        status: isLoad ? 'wrong' : 'kept',
      })
      const [first] = rows
      if (isLoad && first) {
        const at = { row: first.rowNo, place: 0, column: '整行', value: '' }
        const fault = faultOf('refused', at, { fault: message, remedy: '请按提示处理后，重新上传这一行' })
        await insertFaults(tx, county, { batch, faults: [sealed(ctx, fault)] })
      }
      return rows.length
    },
    subject: ({ importId }, rows) => ({ importId, rows }),
  })
}
