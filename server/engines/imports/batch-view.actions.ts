import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { decryptField } from '../../platform/field-crypto.ts'
import { areaNames } from '../registry/index.ts'
import * as store from './batch.db.ts'
import { CHECKABLE, LOAD, LOADABLE, SIGN, UNDO, UNDOABLE, unknownBatch } from './batch.actions.ts'
import { faultPlace, shownValue } from './batch.rules.ts'
import type { ImportCounts, ImportHead, ImportShown } from './batch-view.schema.ts'
import { faultTitle } from './fault.rules.ts'
import { countFaults, listFaults, type FaultPage, type FaultRow } from './fault.db.ts'
import type { ImportKind, KindBook, ProposalCounts, SigningState } from './kind.rules.ts'

/** Batches as a list shows them, in its order. */
export async function headsOf(
  { tx, county }: Ctx,
  kinds: KindBook,
  batches: readonly store.Batch[],
): Promise<ImportHead[]> {
  const names = await listNames(
    tx,
    batches.map(({ madeBy }) => madeBy),
  )
  const towns = await areaNames(tx, [...new Set(batches.flatMap(({ town }) => town ?? []))])
  const counted = await store.countRows(
    tx,
    county,
    batches.map(({ id }) => id),
  )
  return batches.map((batch) => ({
    id: batch.id,
    kind: batch.kind,
    kindTitle: kinds.get(batch.kind)?.title ?? batch.kind,
    fileName: batch.fileName,
    status: batch.status,
    rows: batch.rowCount,
    counts: countsOf(counted.filter(({ batchId }) => batchId === batch.id)),
    madeBy: names.get(batch.madeBy) ?? '',
    madeAt: batch.madeAt,
    townName: batch.town === null ? null : (towns.get(batch.town) ?? null),
  }))
}

function countsOf(counted: readonly { status: store.RowStatus; count: number }[]): ImportCounts {
  const counts = { ready: 0, wrong: 0, held: 0, known: 0, loaded: 0, kept: 0, undone: 0 }
  for (const { status, count } of counted) counts[status] = count
  return counts
}

export async function batchOf(ctx: Ctx, importId: string): Promise<store.Batch> {
  const batch = await store.findBatch(ctx.tx, ctx.county, importId)
  if (batch) return batch
  throw unknownBatch()
}

export async function showImport(ctx: Ctx, kinds: KindBook, batch: store.Batch): Promise<ImportShown> {
  const [head] = await headsOf(ctx, kinds, [batch])
  if (!head) throw new Error(`import ${batch.id} was found and not shown`)
  const kind = kinds.get(batch.kind)
  const fields = kind?.fields ?? []
  const signing = await signingOf(ctx, kind, batch)
  const faults = await countFaults(ctx.tx, ctx.county, batch.id)
  return {
    batch: head,
    fields: fields.map(({ key, title, isRequired = false }) => ({ key, title, isRequired })),
    headers: batch.headers,
    headerRow: batch.headerRow,
    columns: batch.columns,
    options: { on: batch.options.on ?? null, bankCode: batch.options.bankCode ?? '' },
    progress: { done: batch.doneRows, of: toDo(batch, head.counts) },
    failure: batch.code === null ? null : { code: batch.code, message: batch.message ?? '' },
    faults: faults.map(({ code, columnTitle, count }) => ({
      ...{ code, column: columnTitle, title: faultTitle(code), count },
    })),
    undone: batch.undoneWhy === null ? null : { why: batch.undoneWhy, at: batch.undoneAt },
    signing: signing ? await signingShown(ctx, signing) : null,
    proposals: await proposalsOf(ctx, kind, batch),
    may: mayOf(ctx, { batch, counts: head.counts, kind, isWaiting: signing?.isWaiting === true }),
  }
}

async function signingOf(
  ctx: Ctx,
  kind: ImportKind | undefined,
  { id }: store.Batch,
): Promise<SigningState | undefined> {
  const of = { batchId: id, status: 'loaded' as const }
  return kind?.signing?.state(ctx, await store.listSubjects(ctx.tx, ctx.county, of))
}

async function proposalsOf(
  ctx: Ctx,
  kind: ImportKind | undefined,
  { id }: store.Batch,
): Promise<ProposalCounts | null> {
  if (!kind?.proposals) return null
  const subjects = await store.listSubjects(ctx.tx, ctx.county, { batchId: id })
  return kind.proposals.count(ctx, subjects)
}

async function signingShown(
  { tx }: Ctx,
  { signedBy, signedAt, summary }: SigningState,
): Promise<NonNullable<ImportShown['signing']>> {
  const names = await listNames(tx, signedBy === null ? [] : [signedBy])
  return { by: signedBy === null ? null : (names.get(signedBy) ?? ''), at: signedAt, summary }
}

/** How many rows the step under way has altogether. */
function toDo({ status, rowCount, doneRows }: store.Batch, counts: ImportCounts): number {
  if (status === 'loading') return doneRows + counts.ready
  if (status === 'undoing') return doneRows + counts.loaded
  return rowCount
}

function mayOf(
  { actor }: Ctx,
  {
    batch,
    counts,
    kind,
    isWaiting,
  }: { batch: store.Batch; counts: ImportCounts; kind: ImportKind | undefined; isWaiting: boolean },
): ImportShown['may'] {
  const has = (permission: string) => actor.permissions.has(permission)
  const isTheirs = kind !== undefined && kind.permissions.every(has)
  const { status } = batch
  return {
    check: isTheirs && has(LOAD) && CHECKABLE.includes(status),
    load: isTheirs && has(LOAD) && LOADABLE.includes(status) && counts.ready > 0,
    undo: isTheirs && has(UNDO) && UNDOABLE.includes(status) && counts.loaded + counts.kept > 0,
    sign:
      kind?.signing !== undefined &&
      has(SIGN) &&
      has(kind.signing.permission) &&
      status === 'loaded' &&
      isWaiting &&
      batch.askedBy !== actor.id,
    download: has(LOAD) && batch.madeBy === actor.id && counts.wrong > 0,
  }
}

export async function pageOfFaults(ctx: Ctx, kind: ImportKind | undefined, page: FaultPage) {
  const found = await listFaults(ctx.tx, ctx.county, { ...page, limit: page.limit + 1 })
  const rows = found.slice(0, page.limit)
  const last = rows.at(-1)
  return {
    faults: rows.map(({ rowNo, place, columnTitle, code, reason, remedy, ...row }) => ({
      ...{ row: rowNo, place, column: columnTitle, code, reason, remedy },
      value: shownValue(kind?.fields ?? [], columnTitle, typedValue(ctx, row)),
    })),
    next: found.length > page.limit && last ? `${last.rowNo}.${last.id}` : null,
  }
}

function typedValue({ keys }: Ctx, { id, valueCipher }: Pick<FaultRow, 'id' | 'valueCipher'>): string {
  return valueCipher === null ? '' : decryptField(keys, faultPlace(id), valueCipher)
}
