import ExcelJS from 'exceljs'
import { command, execute, type Call, type Ctx, type Deps } from '../../platform/command.ts'
import type { FileAnswer } from '../../platform/endpoint.schema.ts'
import { forbidden } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import { readFileBytes } from '../../platform/stored-file.db.ts'
import { LOAD } from './batch.actions.ts'
import { listToldRows, type Batch, type BatchRow } from './batch.db.ts'
import { batchOf } from './batch-view.actions.ts'
import { OneImport } from './batch.schema.ts'
import { listFaults, type FaultRow } from './fault.db.ts'
import { MOST_ROWS, readSheet } from './sheet.actions.ts'

interface Found {
  batch: Batch
  faults: FaultRow[]
  held: BatchRow[]
}

/** The rows as they were uploaded, numbers of people in full: only for whoever had the file in hand. */
const openFaults = command({
  event: 'imports.faults.downloaded',
  permission: LOAD,
  isSecret: true,
  input: OneImport,
  run: async (ctx: Ctx, { importId }): Promise<Found> => {
    const batch = await batchOf(ctx, importId)
    if (batch.madeBy !== ctx.actor.id) {
      throw forbidden(
        'imports.not_the_maker',
        '这份文件有完整的证件号码，只能由上传人下载。请联系上传的同事。',
      )
    }
    const faults = await listFaults(ctx.tx, ctx.county, { batchId: importId, limit: MOST_ROWS * 4 })
    const page = { batchId: importId, status: 'held' as const, after: 0, limit: MOST_ROWS }
    return { batch, faults, held: await listToldRows(ctx.tx, ctx.county, page) }
  },
  subject: ({ importId }, { faults, held }) => ({ importId, faults: faults.length, held: held.length }),
})

const HELD = { reason: '本行无误，同户另有错误', remedy: '与改正后的各行一起上传' }

/** What can be put right and uploaded again: the header, the rows, and beside them what is wrong. */
export async function faultsFile(
  deps: Deps,
  { input, ...call }: Call & { input: OneImport },
): Promise<FileAnswer> {
  const { actor, county, requestId } = call
  const opening = { actor, county, input, ...(requestId ? { requestId } : {}) }
  const { batch, faults, held } = await execute(deps, openFaults, opening)
  const lines = new Map(
    (await readSheet(readFileBytes(deps, batch.digest))).map(({ row, cells }) => [row, cells]),
  )
  const width = Math.max(batch.headers.length, 1)
  const told = new Map<number, readonly Pick<FaultRow, 'reason' | 'remedy'>[]>([
    ...held.map(({ rowNo }) => [rowNo, [HELD]] as const),
    ...groupBy(faults, ({ rowNo }) => rowNo),
  ])
  const rows = [...told]
    .toSorted(([a], [b]) => a - b)
    .map(([row, own]) => [
      ...Array.from({ length: width }, (_, index) => lines.get(row)?.[index] ?? ''),
      own.map(({ reason }) => reason).join('；'),
      own.map(({ remedy }) => remedy).join('；'),
    ])
  return {
    name: `需改正-${baseName(batch.fileName)}.xlsx`,
    bytes: await workbookOf(batch.headers, width, rows),
  }
}

function baseName(fileName: string): string {
  return fileName.replace(/\.[A-Za-z]{3,4}$/, '')
}

async function workbookOf(
  headers: readonly string[],
  width: number,
  rows: readonly (readonly string[])[],
): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('需改正', { views: [{ state: 'frozen', ySplit: 1 }] })
  // Text, so that the program that opens it does not take a long number for an amount.
  sheet.columns = Array.from({ length: width + 2 }, (_, index) => ({
    width: index < width ? 18 : 40,
    style: { numFmt: '@' },
  }))
  sheet.addRow([...Array.from({ length: width }, (_, index) => headers[index] ?? ''), '错误', '怎么办'])
  sheet.addRows(rows.map((row) => [...row]))
  sheet.getRow(1).font = { bold: true }
  return new Uint8Array(await book.xlsx.writeBuffer())
}
