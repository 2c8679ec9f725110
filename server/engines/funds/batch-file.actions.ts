import { command, execute, type Call, type Ctx, type Deps } from '../../platform/command.ts'
import type { PlainDate } from '../../platform/dates.ts'
import { notFound } from '../../platform/errors.ts'
import { decryptField } from '../../platform/field-crypto.ts'
import type { KeyRing } from '../../platform/keys.ts'
import { sumFen, type Fen } from '../../platform/money.ts'
import { insertStoredFile, readFileBytes, writeFileBytes } from '../../platform/stored-file.db.ts'
import { renderBankFiles, type BankFile, type PayBatch, type PayLine } from './bank-file.rules.ts'
import type { Layout } from './bank-file.schema.ts'
import { renderWorkbook } from './bank-workbook.actions.ts'
import { accountPlace, getBatchForUpdate, unknownBatch } from './batch.actions.ts'
import {
  findBatch,
  insertBatchFile,
  listBatchFiles,
  listInstructionRows,
  updateFiled,
  type Batch,
  type Instruction,
} from './batch.db.ts'
import { requireState } from './batch.rules.ts'
import { BatchFileRef, BatchRef } from './funds.schema.ts'
import { outsideTransaction } from './outside.actions.ts'
import { requireWholeCounty } from './payable.rules.ts'
import { dayOf } from './pending.db.ts'

const FILE = 'funds.batch.file'

export interface FiledBatch {
  batchNo: number
  files: { part: number; name: string; lines: number; totalFen: Fen }[]
}

interface WrittenFile {
  name: string
  digest: string
  bytes: number
  lines: number
  totalFen: Fen
}

/**
 * Renders the bank files of an approved batch, once: number and bytes never change, a second call answers what is stored.
 * Rendering holds no transaction. Throws the renderer's `funds.name_outside_charset`, `funds.field_too_long` …; then
 * nothing is filed.
 */
export async function fileBatch(
  deps: Deps,
  { input, ...call }: Call & { input: BatchRef },
): Promise<FiledBatch> {
  const written = await outsideTransaction(deps, call, {
    permission: FILE,
    load: (ctx) => loadForFiling(ctx, input.batchNo),
    make: async (loaded) => {
      const files = loaded ? await render(deps.keys, loaded) : []
      return files.map((file) => writeOut(deps, file))
    },
  })
  const definition = command({
    event: 'funds.batch.filed',
    isBulk: true,
    permission: FILE,
    input: BatchRef,
    needsKey: true,
    run: (ctx: Ctx, { batchNo }) => storeFiles(ctx, batchNo, written),
    subject: ({ batchNo }, { files }) => ({ batchNo, files: files.length }),
  })
  return execute(deps, definition, { ...call, input })
}

interface ForFiling {
  county: string
  batch: Batch
  date: PlainDate
  instructions: Instruction[]
}

/** Undefined when the files exist already. */
async function loadForFiling(ctx: Ctx, batchNo: number): Promise<ForFiling | undefined> {
  requireWholeCounty(ctx.actor, ctx.county)
  const batch = await findBatch(ctx.tx, ctx.county, batchNo)
  if (!batch) throw unknownBatch(batchNo)
  requireState(batch, ['approved', 'filed'], '生成银行文件')
  if (batch.status === 'filed') return undefined
  const date = await dayOf(ctx.tx, batch.approvedAt ?? batch.madeAt)
  const instructions = await listInstructionRows(ctx.tx, ctx.county, { batchNo })
  return { county: ctx.county, batch, date, instructions }
}

function render(keys: KeyRing, loaded: ForFiling): Promise<BankFile[]> | BankFile[] {
  const { county, batch, date, instructions } = loaded
  const head: PayBatch = { county, number: String(batch.no).padStart(6, '0'), date, title: batch.title }
  const lines = instructions.map((instruction) => payLine(keys, batch, instruction))
  return renderLayout(batch.layout, head, lines)
}

function renderLayout(
  layout: Layout,
  head: PayBatch,
  lines: readonly PayLine[],
): Promise<BankFile[]> | BankFile[] {
  return layout.kind === 'xlsx' ? renderWorkbook(layout, head, lines) : renderBankFiles(layout, head, lines)
}

function payLine(keys: KeyRing, batch: Batch, instruction: Instruction): PayLine {
  return {
    ref: instruction.ref,
    payeeName: instruction.payeeName,
    account: decryptField(keys, accountPlace(instruction.id), instruction.accountCipher),
    bankCode: instruction.bankCode,
    amountFen: instruction.fen,
    forMonth: instruction.forMonth,
    program: batch.labels[instruction.program] ?? instruction.program,
    purpose: batch.title,
  }
}

function writeOut(deps: Deps, { name, bytes, count, totalFen }: BankFile): WrittenFile {
  return { name, digest: writeFileBytes(deps, bytes), bytes: bytes.length, lines: count, totalFen }
}

async function storeFiles(
  ctx: Ctx,
  batchNo: number,
  written: () => readonly WrittenFile[],
): Promise<FiledBatch> {
  requireWholeCounty(ctx.actor, ctx.county)
  const { tx, county } = ctx
  const at = await ctx.clock.stamp(tx)
  const batch = await getBatchForUpdate(ctx, batchNo)
  requireState(batch, ['approved', 'filed'], '生成银行文件')
  if (batch.status === 'approved') {
    const files = written()
    requireSum(batch, files)
    for (const [index, file] of files.entries()) {
      const { name, digest, bytes, lines, totalFen } = file
      const stored = { county, name, digest, bytes, purpose: 'funds.batch_file', by: ctx.actor.id, at }
      const fileId = await insertStoredFile(tx, stored)
      await insertBatchFile(tx, { county, batchNo, file: { part: index + 1, name, lines, totalFen, fileId } })
    }
    await updateFiled(tx, { county, no: batchNo, by: ctx.actor.id, at })
  }
  const files = await listBatchFiles(tx, county, batchNo)
  return {
    batchNo,
    files: files.map(({ part, name, lines, totalFen }) => ({ part, name, lines, totalFen })),
  }
}

/** What the bank is told to pay is what was signed and reserved, to the fen. */
function requireSum(batch: Batch, files: readonly WrittenFile[]): void {
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  if (lines === batch.lines && sumFen(files.map(({ totalFen }) => totalFen)) === batch.totalFen) return
  throw new Error(`batch ${batch.no}: files do not add up to the batch`)
}

const openBatchFile = command({
  event: 'funds.batch_file.opened',
  permission: 'funds.batch.download',
  input: BatchFileRef,
  run: async (ctx: Ctx, { batchNo, part }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    const files = await listBatchFiles(ctx.tx, ctx.county, batchNo)
    const file = files.find((each) => each.part === part)
    if (file) return file
    throw notFound('funds.batch_file_unknown', `第 ${batchNo} 批没有第 ${part} 个银行文件。请先生成文件。`)
  },
  subject: ({ batchNo, part }, { lines }) => ({ batchNo, part, lines }),
})

/** The stored bytes, with all account numbers: opening it is on record before the first byte is read. */
export async function readBatchFile(
  deps: Deps,
  call: Omit<Call, 'idempotencyKey'> & { input: BatchFileRef },
): Promise<{ name: string; bytes: Uint8Array }> {
  const { actor, county, requestId, input } = call
  // Without a key: a repeated download is another one, with its own row.
  const opening = { actor, county, input, ...(requestId ? { requestId } : {}) }
  const { name, digest } = await execute(deps, openBatchFile, opening)
  return { name, bytes: readFileBytes(deps, digest) }
}
