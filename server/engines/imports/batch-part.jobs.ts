import { command, execute, type Call, type Ctx, type Deps } from '../../platform/command.ts'
import { encryptField } from '../../platform/field-crypto.ts'
import { isAppError } from '../../platform/errors.ts'
import type { JobAttempt } from '../../platform/jobs.ts'
import { groupBy } from '../../platform/group.ts'
import { inSavepoint, tryOut } from '../../platform/savepoint.db.ts'
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
  /** Between two parts, as of a job. */
  mayGoOn?: JobAttempt['mayGoOn'] | undefined
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
  act: (ctx: Ctx, rows: Rows) => Promise<void>
}

/**
 * Part by part, each in a transaction that also marks its rows: whoever is killed in between goes on with what is left, and whoever
 * comes twice finds nothing. Rows that are refused keep nobody else out of their part, nor make of one list many.
 */
export async function inParts({ deps, call, batch, kind, mayGoOn }: Work, parts: Parts): Promise<void> {
  const part = partCommand(parts, { batch, limit: kind.atOnce })
  const attempt = () => execute(deps, part, { ...call, input: { importId: batch.id } })
  while ((await attempt()).rows > 0) mayGoOn?.()
}

/** Answers how many rows were done; none are left when it is 0, and the step is over. */
function partCommand(parts: Parts, { batch, limit }: { batch: store.Batch; limit: number }) {
  const { status, todo, ended, event, permission, act } = parts
  return command({
    event,
    isBulk: true,
    permission,
    input: OneImport,
    run: async (ctx: Ctx, { importId }) => {
      const now = await batchIn(ctx, importId, status)
      if (!now) return { rows: 0, refused: 0 }
      const { tx, county } = ctx
      const rows = await store.listRowsToDo(tx, county, { batchId: importId, limit, ...todo })
      if (rows.length === 0) {
        await store.updateEnded(tx, county, { id: importId, status: ended, at: await ctx.clock.stamp(tx) })
        return { rows: 0, refused: 0 }
      }
      const refused = await actOnSound(ctx, rows, act)
      for (const each of refused) await putAside(ctx, { batch, status, ...each })
      await store.updateProgress(tx, county, { id: importId, doneRows: now.doneRows + rows.length })
      return { rows: rows.length, refused: refused.flatMap((each) => each.rows).length }
    },
    subject: ({ importId }, counts) => ({ importId, ...counts }),
  })
}

type Rows = readonly store.BatchRow[]

/** Rows of one unit, and what was said against them. */
interface Refused {
  rows: Rows
  message: string
}

/** All rows at once; where that is refused, all but the units that are refused by themselves, again at once. */
async function actOnSound(ctx: Ctx, rows: Rows, act: Parts['act']): Promise<Refused[]> {
  // Taken here and not in a savepoint, with which the lock of the writers would go.
  await ctx.recordedAt()
  const message = await refusalOf(() => inSavepoint(ctx.tx, () => act(ctx, rows)))
  if (message === undefined) return []
  const units = [...groupBy(rows, ({ unit }) => unit).values()]
  const refused = await refusedAmong(ctx, { units, message }, act)
  const aside = new Set(refused.flatMap((each) => each.rows))
  const sound = rows.filter((row) => !aside.has(row))
  // Refused together and none by itself: nobody knows which, and the step says so.
  if (sound.length > 0) await act(ctx, sound)
  return refused
}

/** Halves what was refused until each unit that is stands alone; what is tried out is written nowhere. */
async function refusedAmong(
  ctx: Ctx,
  { units, message }: { units: readonly Rows[]; message: string },
  act: Parts['act'],
): Promise<Refused[]> {
  const [only, ...others] = units
  if (only && others.length === 0) return [{ rows: only, message }]
  const middle = Math.ceil(units.length / 2)
  const refused: Refused[] = []
  for (const half of [units.slice(0, middle), units.slice(middle)]) {
    const said = await refusalOf(() => tryOut(ctx.tx, () => act(ctx, half.flat())))
    if (said !== undefined) refused.push(...(await refusedAmong(ctx, { units: half, message: said }, act)))
  }
  return refused
}

/** What was said; refused for what a row says, not for want of a right or of a database. */
async function refusalOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    const isRefusal = isAppError(error) && error.status < 500 && !error.code.startsWith('platform.')
    if (!isRefusal) throw error
    return error.message
  }
}

async function putAside(
  ctx: Ctx,
  { batch, status, rows, message }: Refused & { batch: store.Batch; status: Parts['status'] },
): Promise<void> {
  const isLoad = status === 'loading'
  const aside = rows.map(({ rowNo, subjectId }) => ({ rowNo, subjectId, why: isLoad ? null : message }))
  const write = { batchId: batch.id, rows: aside, status: isLoad ? ('wrong' as const) : ('kept' as const) }
  await store.updateRows(ctx.tx, ctx.county, write)
  const [first] = rows
  if (!isLoad || !first) return
  const at = { row: first.rowNo, place: 0, column: '整行', value: '' }
  const fault = faultOf('refused', at, { fault: message, remedy: '请按提示处理后，重新上传这一行' })
  await insertFaults(ctx.tx, ctx.county, { batch, faults: [sealed(ctx, fault)] })
}
