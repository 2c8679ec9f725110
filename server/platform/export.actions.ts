import { createHash } from 'node:crypto'
import { requireCounty, requirePermission } from './access.ts'
import { insertAudit } from './audit.db.ts'
import { auditFailure, read, withRetries, type Call, type Ctx, type Deps } from './command.ts'
import type { StreamAnswer } from './endpoint.schema.ts'
import { forbidden, invalid, isAppError } from './errors.ts'
import { csvPieces } from './export-csv.ts'
import { MOST_SHEET_ROWS, xlsxPieces } from './export-xlsx.ts'
import {
  EXPORT_NUMBER_HEADER,
  RELEASE_PERMISSION,
  type ExportFormat,
  type ReleasePurpose,
} from './export.schema.ts'
import { pagesOf, type Cells, type ExportList, type Filter, type PlaceNames } from './export-list.ts'
import { fileName, type Outgoing } from './export.rules.ts'
import { issue, type Issued } from './release.actions.ts'

export interface AskedExport {
  list: ExportList
  filter: Filter
  format: ExportFormat
  purpose: ReleasePurpose | undefined
  places: PlaceNames
}

/** Rows that everybody may take out at once, and those with the permission for long lists. */
export const MOST_ROWS = 5_000
const LONG_PERMISSION = 'platform.release.long'
const event = 'platform.list.exported'

/**
 * A list as a file. *Started* stands in the audit trail before the first byte, *finished* with rows, bytes and digest (or *failed* with
 * the reason) before the reader hears the end. Each page is a transaction of its own, in the asker's scope; none is open while bytes go out.
 */
export async function openExport(
  deps: Deps,
  call: Call & { requestId: string },
  asked: AskedExport,
): Promise<StreamAnswer> {
  const { list, format } = asked
  const { actor, county } = call
  try {
    requirePermission(actor, list.permission)
    requireCounty(actor, county)
    requireRelease(call, asked)
    const reading = pagesOf(deps, call, asked)
    const head = await readHead(reading, actor.permissions.has(LONG_PERMISSION))
    const started = await read(deps, call, (ctx) => start(ctx, asked))
    const pages = joined(head, reading)
    const title = list.title(asked.filter)
    const tally = { rows: 0 }
    const { no, mark } = started
    const outgoing: Outgoing = { title, mark, columns: list.columns, pages: tallied(pages, tally, format) }
    const bytes = format === 'csv' ? csvPieces(outgoing) : xlsxPieces(outgoing)
    return {
      name: fileName(title, { county, no }, format),
      type: TYPES[format],
      headers: { [EXPORT_NUMBER_HEADER]: String(no) },
      pieces: recorded(bytes, tally, (ending) => finish(deps, call, { ...ending, no, list })),
    }
  } catch (error) {
    await auditFailure(deps, { ...call, event, error })
    throw error
  }
}

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** Throws `platform.release_forbidden`, `platform.release_purpose_missing`. */
function requireRelease({ actor }: Call, { list, purpose }: AskedExport): void {
  const { listTitle, isPersonal } = list.contract
  if (!actor.permissions.has(RELEASE_PERMISSION))
    throw forbidden(
      'platform.release_forbidden',
      `您的岗位可以查看${listTitle}，不能导出。工作需要的，请联系安全管理员核对岗位。`,
    )
  if (isPersonal && purpose === undefined)
    throw invalid('platform.release_purpose_missing', `${listTitle}涉及个人，请选择导出的用途。`)
}

type Pages = AsyncGenerator<readonly Cells[]>

/** Whoever may take out short lists only is told before the first byte; other lists begin as soon as there is a page. */
async function readHead(pages: Pages, mayBeLong: boolean): Promise<(readonly Cells[])[]> {
  const head: (readonly Cells[])[] = []
  for (let rows = 0; ;) {
    const { value, done } = await pages.next()
    if (done) return head
    head.push(value)
    rows += value.length
    if (mayBeLong) return head
    if (rows > MOST_ROWS)
      throw invalid(
        'platform.release_too_long',
        `名单超过 ${MOST_ROWS} 行，您的岗位一次最多导出这么多，没有导出。请缩小范围，或请有权导出长名单的同事办理。`,
        { most: MOST_ROWS },
      )
  }
}

async function* joined(head: readonly (readonly Cells[])[], rest: Pages): Pages {
  yield* head
  yield* rest
}

/** A sheet holds so many rows; a plain text as many as there are. */
async function* tallied(pages: Pages, tally: { rows: number }, format: ExportFormat): Pages {
  for await (const page of pages) {
    tally.rows += page.length
    if (format === 'xlsx' && tally.rows > MOST_SHEET_ROWS)
      throw invalid('platform.release_too_long', '名单超过一张表能容纳的行数，没有导出完。请缩小范围。')
    yield page
  }
}

async function start(ctx: Ctx, { list, filter, format, purpose }: AskedExport): Promise<Issued> {
  const { tx, county, actor, requestId } = ctx
  const issued = await issue(ctx, { deed: '导出', purpose })
  const { contract, subject } = list
  await insertAudit(tx, {
    ...{ county, at: issued.at, actorId: actor.id, event, outcome: 'started', requestId },
    subject: {
      ...{ release: issued.no, list: contract.list, format, ...subject(filter) },
      ...(purpose === undefined ? {} : { purpose }),
    },
  })
  return issued
}

interface Ending {
  rows: number
  bytes: number
  digest: string
  /** Why it was broken off; absent = whole. */
  code?: string
}

const GONE = 'platform.release_reader_gone'

/**
 * Hands the bytes on and sees to it that how it ended is on record: the reader hears the end only when the trail has it. An object, not a
 * generator: one that nobody began to read would not hear that its reader left.
 */
function recorded(
  bytes: AsyncGenerator<Uint8Array>,
  tally: { rows: number },
  close: (ending: Ending) => Promise<void>,
): AsyncIterable<Uint8Array> {
  const hash = createHash('sm3')
  let sent = 0
  let isClosed = false
  const end = async (code?: string) => {
    if (isClosed) return
    isClosed = true
    const counted = { rows: tally.rows, bytes: sent, digest: hash.digest('hex') }
    await close({ ...counted, ...(code === undefined ? {} : { code }) })
  }
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    try {
      const step = await bytes.next()
      if (step.done) {
        await end()
        return step
      }
      if (!isClosed) hash.update(step.value)
      sent += step.value.length
      return step
    } catch (error) {
      await end(isAppError(error) ? error.code : 'platform.unexpected')
      throw error
    }
  }
  const leave = async (): Promise<IteratorResult<Uint8Array>> => {
    await end(GONE)
    return bytes.return(undefined)
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
}

async function finish(
  deps: Deps,
  { actor, county, requestId }: Call & { requestId: string },
  { no, list, code, ...counted }: Ending & { no: number; list: ExportList },
): Promise<void> {
  const write = () =>
    read(deps, { actor, county, requestId }, async ({ tx }) =>
      insertAudit(tx, {
        ...{ county, at: await deps.clock.now(tx), actorId: actor.id, event, requestId },
        ...{ outcome: code === undefined ? 'finished' : 'failed', code },
        subject: { release: no, list: list.contract.list, ...counted },
      }),
    )
  // After a failure of the database several connections of the pool may be dead.
  await withRetries(write, isLost)
}

function isLost(error: unknown): boolean {
  return isAppError(error) && error.code === 'platform.database_lost'
}
