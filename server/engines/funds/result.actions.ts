import { command, execute, type Call, type Ctx, type Deps } from '../../platform/command.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { decryptField, fileNameOf } from '../../platform/field-crypto.ts'
import type { KeyRing } from '../../platform/keys.ts'
import { insertStoredFile, writeFileBytes } from '../../platform/stored-file.db.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { applyAnswers, type Answer, type Applied } from './answer.actions.ts'
import type { Layout } from './bank-file.schema.ts'
import {
  matchResults,
  parseResultFile,
  type MatchedResult,
  type ResultLine,
  type SentLine,
} from './bank-result.rules.ts'
import { parseResultWorkbook } from './bank-workbook.actions.ts'
import { accountPlace, getBatchForUpdate, unknownBatch } from './batch.actions.ts'
import { findBatch, findInstruction, listInstructionRows, type Batch, type Instruction } from './batch.db.ts'
import { requireState } from './batch.rules.ts'
import { AnswerUnknown, ResultFileRef } from './funds.schema.ts'
import { outsideTransaction } from './outside.actions.ts'
import { lockCash } from './payable.db.ts'
import { requireWholeCounty } from './payable.rules.ts'
import { findResultFile, insertResultFile } from './result.db.ts'

const IMPORT = 'funds.result.import'

export interface ImportResults {
  batchNo: number
  bytes: Uint8Array
  /** Absent: the layout that the batch was made with. */
  layout?: Layout
}

export interface ImportedResults extends Applied {
  batchNo: number
  /** These bytes were taken in before; nothing has changed. */
  alreadyImported: boolean
  lines: number
}

interface Prepared {
  results: MatchedResult[]
  size: number
}

/**
 * Reads a bank's answer, all of it or nothing; an answer to a part of the batch is fine, the same bytes count once.
 * Throws `funds.result_file_invalid` for a reference that is not in the batch, another amount, a code the layout does not
 * know; `funds.budget_exceeded` when the bank paid after all what was released and spent since.
 */
export async function importResults(
  deps: Deps,
  { input, ...call }: Call & { input: ImportResults },
): Promise<ImportedResults> {
  const { batchNo, bytes } = input
  const prepared = await outsideTransaction(deps, call, {
    permission: IMPORT,
    load: (ctx) => loadSent(ctx, batchNo),
    make: async ({ batch, instructions }): Promise<Prepared> => {
      const lines = await parse(input.layout ?? batch.layout, bytes)
      const results = matchResults(lines, sentLines(deps.keys, instructions))
      writeFileBytes(deps, bytes)
      return { results, size: bytes.length }
    },
  })
  const definition = command({
    event: 'funds.result.imported',
    isBulk: true,
    permission: IMPORT,
    input: ResultFileRef,
    needsKey: true,
    run: (ctx: Ctx, ref) => storeResults(ctx, ref, prepared),
    subject: (ref, { questions, ...counts }) => ({ ...ref, ...counts, questions: questions.length }),
  })
  return execute(deps, definition, { ...call, input: { batchNo, digest: fileNameOf(deps.keys, bytes) } })
}

async function loadSent(ctx: Ctx, batchNo: number): Promise<{ batch: Batch; instructions: Instruction[] }> {
  requireWholeCounty(ctx.actor, ctx.county)
  const batch = await findBatch(ctx.tx, ctx.county, batchNo)
  if (!batch) throw unknownBatch(batchNo)
  requireState(batch, ['filed'], '导入回盘')
  return { batch, instructions: await listInstructionRows(ctx.tx, ctx.county, { batchNo }) }
}

function sentLines(keys: KeyRing, instructions: readonly Instruction[]): SentLine[] {
  return instructions.map(({ id, ref, accountCipher, fen }) => ({
    ref,
    account: decryptField(keys, accountPlace(id), accountCipher),
    amountFen: fen,
  }))
}

function parse(layout: Layout, bytes: Uint8Array): Promise<ResultLine[]> | ResultLine[] {
  return layout.kind === 'xlsx' ? parseResultWorkbook(layout, bytes) : parseResultFile(layout, bytes)
}

async function storeResults(
  ctx: Ctx,
  { batchNo, digest }: ResultFileRef,
  prepared: () => Prepared,
): Promise<ImportedResults> {
  requireWholeCounty(ctx.actor, ctx.county)
  const { tx, county } = ctx
  await lockCash(tx, county)
  const at = await ctx.clock.stamp(tx)
  const earlier = await findResultFile(tx, county, digest)
  if (earlier) {
    const { batchNo: no, lines } = earlier
    return {
      batchNo: no,
      lines,
      alreadyImported: true,
      paid: 0,
      returned: 0,
      unknown: 0,
      late: 0,
      questions: [],
    }
  }
  const { results, size } = prepared()
  const batch = await getBatchForUpdate(ctx, batchNo)
  requireState(batch, ['filed'], '导入回盘')
  const resultFileId = uuidv7()
  const by = ctx.actor.id
  const name = `${batchNo}-${digest.slice(0, 8)}`
  const file = { county, name, digest, bytes: size, purpose: 'funds.result_file', by, at }
  const fileId = await insertStoredFile(tx, file)
  const lines = results.length
  await insertResultFile(tx, { county, id: resultFileId, batchNo, digest, fileId, lines, by, at })
  const answers = answersOf(results, await listInstructionRows(tx, county, { batchNo }))
  const applied = await applyAnswers(ctx, { batch, at, resultFileId, paper: null, answers })
  return { batchNo, alreadyImported: false, lines, ...applied }
}

function answersOf(results: readonly MatchedResult[], instructions: readonly Instruction[]): Answer[] {
  const byRef = new Map(instructions.map((instruction) => [instruction.ref, instruction]))
  return results.map(({ ref, outcome, reasonCode, reason }) => {
    const instruction = byRef.get(ref)
    if (!instruction) throw new Error(`matched a reference that is not in the batch: ${ref}`)
    return { instruction, outcome, reasonCode, reason: reason ?? '' }
  })
}

/** The only way out of `unknown` without a file: a named person answers with the bank's paper. */
export const answerUnknown = command({
  event: 'funds.unknown.answered',
  permission: 'funds.result.answer',
  input: AnswerUnknown,
  needsKey: true,
  run: async (ctx: Ctx, { instructionId, outcome, paper }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    await lockCash(ctx.tx, ctx.county)
    const at = await ctx.clock.stamp(ctx.tx)
    const instruction = await findInstruction(ctx.tx, ctx.county, instructionId)
    if (!instruction) throw notFound('funds.instruction_unknown', '找不到这笔支付指令，请刷新后再试。')
    if (instruction.status !== 'unknown') {
      throw conflict('funds.instruction_not_unknown', '这笔支付指令不是待查状态，无需答复。请刷新后查看。', {
        status: instruction.status,
      })
    }
    const batch = await getBatchForUpdate(ctx, instruction.batchNo)
    const answers = [{ instruction, outcome, reasonCode: '', reason: paper }]
    await applyAnswers(ctx, { batch, at, resultFileId: null, paper, answers })
    return { instructionId, status: outcome }
  },
  subject: ({ instructionId, outcome }) => ({ instructionId, outcome }),
})
