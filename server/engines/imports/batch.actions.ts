import { requirePermission } from '../../platform/access.ts'
import { command, execute, type Call, type Ctx, type Deps } from '../../platform/command.ts'
import { conflict, invalid, isAppError, notFound, type AppError } from '../../platform/errors.ts'
import { enqueue } from '../../platform/jobs.ts'
import { checkIdNumber } from '../../platform/id-number.ts'
import { insertStoredFile, writeFileBytes } from '../../platform/stored-file.db.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { dayAt } from '../registry/index.ts'
import * as store from './batch.db.ts'
import { CheckImport, OneImport, StartImport, UndoImport } from './batch.schema.ts'
import { hideNumbers } from './fault.rules.ts'
import { missingFields, type Columns, type Field } from './field.rules.ts'
import type { ImportKind, KindBook } from './kind.rules.ts'
import { readSheet } from './sheet.actions.ts'
import { findHeader, type Header, type SheetLine } from './sheet.rules.ts'

export const LOAD = 'imports.batch.load'
export const UNDO = 'imports.batch.undo'
export const SIGN = 'imports.batch.sign'
export const IMPORT_JOB = 'imports.batch.carry_out'

export type Step = 'check' | 'load' | 'undo'

export interface UploadedFile {
  kind: string
  fileName: string
  bytes: Uint8Array
}

/** Reads the header and keeps the file, once by its content; nothing is loaded. No transaction is held while the file is read. */
export async function uploadImport(
  deps: Deps,
  kinds: KindBook,
  { file, ...call }: Call & { file: UploadedFile },
): Promise<{ importId: string }> {
  const kind = kinds.get(file.kind)
  // Whoever may not upload is refused, and a file that cannot be read is, with an audit row: by the command.
  const isReadable = call.actor.permissions.has(LOAD) && kind !== undefined
  const { lines, error } = isReadable ? await tryToRead(file.bytes) : NOTHING
  const digest = lines.length > 0 ? writeFileBytes(deps, file.bytes) : ''
  const definition = command({
    event: 'imports.batch.uploaded',
    permission: LOAD,
    input: StartImport,
    needsKey: true,
    run: async (ctx: Ctx, { fileName }) => {
      const known = requireKind(ctx, kind)
      if (error) throw error
      return storeUpload(ctx, known, { fileName, digest, size: file.bytes.length, lines })
    },
    subject: ({ kind: key }, { importId }) => ({ importId, kind: key, lines: lines.length }),
  })
  return execute(deps, definition, { ...call, input: { kind: file.kind, fileName: file.fileName, digest } })
}

interface Tried {
  lines: SheetLine[]
  error: AppError | undefined
}

const NOTHING: Tried = { lines: [], error: undefined }

async function tryToRead(bytes: Uint8Array): Promise<Tried> {
  try {
    return { lines: await readSheet(bytes), error: undefined }
  } catch (error) {
    if (!isAppError(error)) throw error
    return { lines: [], error }
  }
}

export function requireKind(ctx: Ctx, kind: ImportKind | undefined): ImportKind {
  if (!kind) throw invalid('imports.kind_unknown', '没有这种名册。请重新选择。')
  for (const permission of kind.permissions) requirePermission(ctx.actor, permission)
  return kind
}

async function storeUpload(
  ctx: Ctx,
  kind: ImportKind,
  {
    fileName,
    digest,
    size,
    lines,
  }: { fileName: string; digest: string; size: number; lines: readonly SheetLine[] },
): Promise<{ importId: string }> {
  const { tx, county, actor } = ctx
  const at = await ctx.clock.stamp(tx)
  const { row, cells, columns } = findHeader(lines, kind.fields) ?? firstLine(lines)
  const place = placeOfActor(ctx)
  const stored = { county, name: fileName, digest, bytes: size, purpose: 'imports.file', by: actor.id, at }
  await insertStoredFile(tx, {
    ...stored,
    ...(place.town === null ? {} : { town: place.town }),
    ...(place.village === null ? {} : { village: place.village }),
  })
  const id = uuidv7()
  await store.insertBatch(tx, county, {
    ...{
      id,
      kind: kind.key,
      fileName,
      digest,
      headerRow: row,
      headers: cells.map(hideNumbers),
      columns,
      ...place,
    },
    ...{ rowCount: lines.filter((line) => line.row > row).length, madeBy: actor.id, madeAt: at },
  })
  return { importId: id }
}

/** No header that we know: the clerk says which column is what. A line with somebody's number is none, but the first of the list. */
function firstLine(lines: readonly SheetLine[]): Header {
  const line = lines.find(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  const { row = 1, cells = [] } = line ?? {}
  if (!cells.some((cell) => checkIdNumber(cell).ok)) return { row, cells, columns: {} }
  return { row: row - 1, cells: cells.map(() => ''), columns: {} }
}

/** A batch is its maker's town's; one of the county's is the county's alone. */
function placeOfActor({ actor, county }: Ctx): store.BatchPlace {
  if (actor.scope.includes(county)) return { town: null, village: null }
  const own = actor.scope.filter((code) => code.startsWith(county))
  const town = own.find((code) => code.length === 9)
  if (town !== undefined) return { town, village: null }
  const village = own.find((code) => code.length === 12) ?? null
  return { town: village === null ? null : village.slice(0, 9), village }
}

/** The steps as people ask for them; a job carries them out. */
export function batchCommands(kinds: KindBook) {
  const requireBatch = async (ctx: Ctx, id: string, isAskable: (batch: store.Batch) => boolean) => {
    const batch = await store.findBatchForUpdate(ctx.tx, ctx.county, id)
    if (!batch) throw unknownBatch()
    if (isAskable(batch)) return { batch, kind: requireKind(ctx, kinds.get(batch.kind)) }
    throw conflict('imports.batch_state', `${STATES[batch.status]}，本次没有提交。请刷新后再看。`, {
      status: batch.status,
    })
  }

  const askCheck = command({
    event: 'imports.batch.check_asked',
    permission: LOAD,
    input: CheckImport,
    needsKey: true,
    run: async (ctx: Ctx, { importId, columns, on, bankCode }) => {
      const { batch, kind } = await requireBatch(ctx, importId, ({ status }) => CHECKABLE.includes(status))
      requireColumns(kind.fields, columns, batch.headers)
      const today = dayAt(await ctx.clock.now(ctx.tx))
      if (on !== undefined && on > today)
        throw invalid('imports.on_in_future', '起始日期晚于今天，没有提交。请改为今天或以前。', { on })
      const options = { on: on ?? today, bankCode: bankCode ?? '' }
      return askFor(ctx, { ...batch, columns, options, undoneWhy: null }, 'check')
    },
    subject: ({ importId }) => ({ importId }),
  })

  const askLoad = command({
    event: 'imports.batch.load_asked',
    permission: LOAD,
    input: OneImport,
    needsKey: true,
    run: async (ctx: Ctx, { importId }) => {
      const { batch } = await requireBatch(ctx, importId, ({ status }) => LOADABLE.includes(status))
      await requireSome(ctx, importId, 'ready')
      return askFor(ctx, batch, 'load')
    },
    subject: ({ importId }) => ({ importId }),
  })

  const askUndo = command({
    event: 'imports.batch.undo_asked',
    permission: UNDO,
    input: UndoImport,
    needsKey: true,
    run: async (ctx: Ctx, { importId, why }) => {
      const { batch } = await requireBatch(ctx, importId, ({ status }) => UNDOABLE.includes(status))
      await store.updateKeptToLoaded(ctx.tx, ctx.county, importId)
      await requireSome(ctx, importId, 'loaded')
      return askFor(ctx, { ...batch, undoneWhy: why }, 'undo')
    },
    subject: ({ importId }) => ({ importId }),
  })

  /** Whoever loaded the list does not sign it: the command behind it refuses the maker. */
  const signBatch = command({
    event: 'imports.batch.signed',
    isBulk: true,
    permission: SIGN,
    input: OneImport,
    needsKey: true,
    run: async (ctx: Ctx, { importId }) => {
      const batch = await store.findBatchForUpdate(ctx.tx, ctx.county, importId)
      const signing = batch && kinds.get(batch.kind)?.signing
      if (!batch) throw unknownBatch()
      const of = { batchId: importId, status: 'loaded' as const }
      const subjects = await store.listSubjects(ctx.tx, ctx.county, of)
      const isWaiting = batch.status === 'loaded' && signing && (await signing.state(ctx, subjects)).isWaiting
      if (!isWaiting) throw conflict('imports.not_to_sign', '这批名册不需要签字，或已经签过。请刷新后再看。')
      requirePermission(ctx.actor, signing.permission)
      await signing.sign(ctx, subjects)
      return { importId, status: batch.status }
    },
    subject: ({ importId }) => ({ importId }),
  })

  return { askCheck, askLoad, askUndo, signBatch }
}

export const CHECKABLE: readonly store.BatchStatus[] = ['uploaded', 'checked']
/** A load that broke off goes on with what is left. */
export const LOADABLE: readonly store.BatchStatus[] = ['checked', 'loaded']
/** What had to stay may be undone once what was built upon it is gone. */
export const UNDOABLE: readonly store.BatchStatus[] = ['loaded', 'undone']

const UNDER_WAY = { check: 'checking', load: 'loading', undo: 'undoing' } as const

const STATES: Readonly<Record<store.BatchStatus, string>> = {
  uploaded: '这批名册还没有检查',
  checking: '这批名册正在检查',
  checked: '这批名册已检查，还没有载入',
  loading: '这批名册正在载入',
  loaded: '这批名册已经载入',
  undoing: '这批名册正在撤销',
  undone: '这批名册已经撤销',
}

export function unknownBatch() {
  return notFound('imports.batch_unknown', '没有这批名册，或不在您的管辖范围内。请回到列表重新选择。')
}

function requireColumns(fields: readonly Field[], columns: Columns, headers: readonly string[]): void {
  const known = new Set(fields.map(({ key }) => key))
  const places = Object.values(columns)
  const isSound =
    Object.keys(columns).every((key) => known.has(key)) &&
    places.every((place) => place < Math.max(headers.length, 1)) &&
    new Set(places).size === places.length
  if (!isSound)
    throw invalid('imports.columns_wrong', '列的对应不对：同一列不能当作两项。请逐项重新选择后再检查。')
  const missing = missingFields(columns, fields).map(({ title }) => title)
  if (missing.length === 0) return
  throw invalid('imports.columns_missing', `还没有指明哪一列是${missing.join('、')}。请选好后再检查。`, {
    missing,
  })
}

async function requireSome(ctx: Ctx, importId: string, status: 'ready' | 'loaded'): Promise<void> {
  const rows = await store.listRowsToDo(ctx.tx, ctx.county, {
    batchId: importId,
    status,
    limit: 1,
    order: 'asc',
  })
  if (rows.length > 0) return
  throw conflict(
    'imports.nothing_to_do',
    status === 'ready' ? '没有可以载入的行，本次没有提交。' : '没有可以撤销的行，本次没有提交。',
  )
}

async function askFor(ctx: Ctx, batch: store.Batch, step: Step) {
  const { id, columns, options, undoneWhy } = batch
  const status = UNDER_WAY[step]
  await store.updateAsked(ctx.tx, ctx.county, { id, status, by: ctx.actor.id, columns, options, undoneWhy })
  await enqueue(ctx.tx, IMPORT_JOB, { county: ctx.county, importId: id, step }, { key: `import:${id}` })
  return { importId: id, status }
}
