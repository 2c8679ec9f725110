import { listNames } from '../../platform/account.db.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { invalid } from '../../platform/errors.ts'
import { decryptField } from '../../platform/field-crypto.ts'
import { groupBy } from '../../platform/group.ts'
import { maskAccount } from '../../platform/masking.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, workRoute, type Route } from '../../platform/route.ts'
import { sumFen } from '../../platform/money.ts'
import { z } from 'zod'
import { programsOfGroup, type ProgramBook } from '../benefits/index.ts'
import type { Layout } from './bank-file.schema.ts'
import { fileBatch, readBatchFile } from './batch-file.actions.ts'
import { listBatchPage, listInstructionPage, listTallies } from './batch-view.db.ts'
import { budgetOf, headOf, instructionTitle, mayOf, programSums } from './batch-view.rules.ts'
import * as view from './batch-view.schema.ts'
import { accountPlace, approveBatch, cancelBatch, createBatch, unknownBatch } from './batch.actions.ts'
import { findBatch, listBatchFiles, type Batch, type Instruction } from './batch.db.ts'
import { listBudgets, listReserved } from './budget.db.ts'
import { answerUnknown, importResults } from './result.actions.ts'
import { settlementOf } from './settlement.actions.ts'

/** What the composition hands over: programmes for their titles, the agreed bank files by key. */
export interface BatchChoices {
  programs: ProgramBook
  layouts: ReadonlyMap<string, Layout>
}

const READ = 'funds.ledger.read'

const listed = query({
  event: 'funds.batch.listed',
  permission: READ,
  run: async (ctx: Ctx, { county, limit, ...filter }: z.output<typeof view.listBatchesEndpoint.input>) => {
    const rows = await listBatchPage(ctx.tx, county, { ...filter, limit: limit + 1 })
    const batches = rows.slice(0, limit)
    const tallies = await listTallies(
      ctx.tx,
      county,
      batches.map(({ no }) => no),
    )
    const own = groupBy(tallies, ({ batchNo }) => batchNo)
    const nameOf = await namesOf(ctx, batches)
    const heads = batches.map((batch) => headOf(batch, own.get(batch.no) ?? [], nameOf))
    return { batches: heads, next: rows.length > limit ? (batches.at(-1)?.no ?? null) : null }
  },
  subject: (_, { batches }) => ({ batches: batches.length }),
})

async function namesOf(
  { tx }: Ctx,
  batches: readonly Batch[],
): Promise<(id: string | null) => string | null> {
  const names = await listNames(
    tx,
    batches.flatMap(({ madeBy, approvedBy }) => [madeBy, ...(approvedBy ? [approvedBy] : [])]),
  )
  return (id) => (id === null ? null : (names.get(id) ?? null))
}

function shown({ programs }: BatchChoices) {
  const titleOf = (program: string) => programs.get(program)?.title ?? program
  return query({
    event: 'funds.batch.shown',
    permission: READ,
    run: async (ctx: Ctx, { county, batchNo }: { county: string; batchNo: number }) => {
      const batch = await findBatch(ctx.tx, county, batchNo)
      if (!batch) throw unknownBatch(batchNo)
      const tallies = await listTallies(ctx.tx, county, [batchNo])
      const sums = programSums(tallies, titleOf)
      const budgets = await listBudgets(ctx.tx, county, batch.fiscalYear)
      const reserved = await listReserved(ctx.tx, county, batchNo)
      const amounts = new Map(sums.map(({ program, fen }) => [program, fen]))
      const budget = budgetOf(batch.status, { amounts, budgets, reserved }, titleOf)
      const files = await listBatchFiles(ctx.tx, county, batchNo)
      return {
        batch: headOf(batch, tallies, await namesOf(ctx, [batch])),
        programs: sums,
        budget,
        files: files.map(({ part, name, lines, totalFen }) => ({ part, name, lines, totalFen })),
        may: mayOf(batch, budget, ctx.actor),
      }
    },
    subject: ({ batchNo }) => ({ batchNo }),
  })
}

export function instructionsShown({ programs }: BatchChoices) {
  return query({
    event: 'funds.instruction.listed',
    permission: READ,
    run: async (ctx: Ctx, input: z.output<typeof view.listInstructionsEndpoint.input>) => {
      const { county, batchNo, limit, ...page } = input
      if (!(await findBatch(ctx.tx, county, batchNo))) throw unknownBatch(batchNo)
      const rows = await listInstructionPage(ctx.tx, county, { batchNo, ...page, limit: limit + 1 })
      const instructions = rows.slice(0, limit)
      return {
        instructions: instructions.map((row) => ({
          ...instructionShown(ctx, row),
          programTitle: programs.get(row.program)?.title ?? row.program,
        })),
        next: rows.length > limit ? (instructions.at(-1)?.ref ?? null) : null,
      }
    },
    subject: ({ batchNo }, { instructions }) => ({
      batchNo,
      instructions: instructions.length,
      first: instructions[0]?.id ?? null,
    }),
  })
}

/** The account is opened for its last four digits. */
function instructionShown({ keys }: Ctx, { accountCipher, ...row }: Instruction) {
  const account = decryptField(keys, accountPlace(row.id), accountCipher)
  return { ...row, account: maskAccount(account), statusTitle: instructionTitle(row.status) }
}

/** The layout is named by its key and written into the batch as agreed on that day. */
function createByKey({ programs, layouts }: BatchChoices) {
  const labels = Object.fromEntries([...programs.values()].map(({ key, title }) => [key, title]))
  return command({
    ...createBatch,
    input: z.object({
      ...view.createBatchEndpoint.input.omit({ county: true }).shape,
      programGroup: z
        .string()
        .refine((group) => programsOfGroup(programs, group).length > 0, '没有这个项目组'),
      fiscalYear: z.int('请填写年份').min(2000).max(2999),
      title: z.string().trim().min(2, '请填写批次名称').max(500),
    }),
    run: async (ctx: Ctx, { layout: key, ...input }) => {
      const layout = layouts.get(key)
      if (!layout) throw invalid('funds.layout_unknown', `没有“${key}”这种银行文件格式，请重新选择。`)
      const made = await createBatch.run(ctx, { ...input, layout, labels })
      const { missingAccount } = made
      return {
        ...made,
        missingAccounts: { lines: missingAccount.length, fen: sumFen(missingAccount.map(({ fen }) => fen)) },
        missingAccount: missingAccount.slice(0, 200),
      }
    },
    subject: (_, { batchNo, lines }) => ({ batchNo, lines }),
  })
}

function choices({ programs, layouts }: BatchChoices) {
  const groups = [...new Set([...programs.values()].map(({ group }) => group))]
  return query({
    event: 'funds.batch.choices_shown',
    permission: 'funds.batch.create',
    run: async (_: Ctx, _input: { county: string }) => ({
      groups: groups.map((key) => ({ key, title: titlesOf(programs, key) })),
      layouts: [...layouts.values()].map(({ key, title }) => ({ key, title })),
    }),
  })
}

function titlesOf(programs: ProgramBook, group: string): string {
  return programsOfGroup(programs, group)
    .map(({ title }) => title)
    .join('、')
}

const settled = query({
  event: 'funds.settlement.shown',
  permission: READ,
  run: (ctx: Ctx, { runNo }: { county: string; runNo: number }) => settlementOf(ctx, runNo),
  subject: ({ runNo }) => ({ runNo }),
})

export function batchRoutes(given: BatchChoices): readonly Route[] {
  return [
    queryRoute(view.listBatchesEndpoint, listed),
    queryRoute(view.getBatchChoicesEndpoint, choices(given)),
    queryRoute(view.getBatchEndpoint, shown(given)),
    queryRoute(view.listInstructionsEndpoint, instructionsShown(given)),
    queryRoute(view.getSettlementEndpoint, settled),
    commandRoute(view.createBatchEndpoint, createByKey(given)),
    commandRoute(view.approveBatchEndpoint, approveBatch),
    commandRoute(view.cancelBatchEndpoint, cancelBatch),
    commandRoute(view.answerUnknownEndpoint, answerUnknown),
    workRoute(view.fileBatchEndpoint, 'funds.batch.file', (deps, call, input) =>
      fileBatch(deps, { ...call, input }),
    ),
    workRoute(view.downloadBatchEndpoint, 'funds.batch.download', (deps, call, input) =>
      readBatchFile(deps, { ...call, input }),
    ),
    workRoute(view.importResultsEndpoint, 'funds.result.import', (deps, call, { batchNo, base64 }) =>
      importResults(deps, { ...call, input: { batchNo, bytes: Buffer.from(base64, 'base64') } }),
    ),
  ]
}
