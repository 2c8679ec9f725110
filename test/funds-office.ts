import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Actor } from '../server/platform/access.ts'
import { execute, read, type Command, type Ctx } from '../server/platform/command.ts'
import { setScope } from '../server/platform/access.ts'
import {
  approveBatch,
  createBatch,
  createBudget,
  answerBatch,
  fileBatch,
  FUNDS_PERMISSIONS,
  fundsHooks,
  importResults,
  listClaims,
  listInstructions,
  listPayables,
  parseLayout,
  readBatchFile,
  readOrders,
  type AwardMonth,
  type BankMood,
  type CreatedBatch,
  type FiledBatch,
  type ImportedResults,
  type Layout,
} from '../server/engines/funds/index.ts'
import { buildActor } from './actors.ts'
import type { TestDb } from './db.ts'
import { plantRun, type PlantedRun } from './ledger.ts'

export const CSV: Layout = parseLayout(
  JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../policies/layouts/csv-utf8.json'), 'utf8')),
)

const GROUP = 'basic_assistance'

/** One county's cash desk: two people with every permission of funds, and the usual steps in one call each. */
export async function buildOffice(db: TestDb, county: string) {
  const permissions = FUNDS_PERMISSIONS
  const maker = await buildActor(db, { login: `maker_${county}`, permissions, scope: [county] })
  const checker = await buildActor(db, { login: `checker_${county}`, permissions, scope: [county] })

  function perform<Input, Result>(
    definition: Command<Input, Result>,
    input: unknown,
    actor: Actor = maker,
  ): Promise<Result> {
    return execute(db.deps, definition, { actor, county, idempotencyKey: randomUUID(), input })
  }
  function ask<Result>(work: (ctx: Ctx) => Promise<Result>, actor: Actor = maker): Promise<Result> {
    return read(db.deps, { actor, county }, work)
  }
  function create(input: object = {}): Promise<CreatedBatch> {
    return perform(createBatch, {
      programGroup: GROUP,
      fiscalYear: 2026,
      title: '2026年1月发放',
      layout: CSV,
      ...input,
    })
  }
  function file(batchNo: number): Promise<FiledBatch> {
    return fileBatch(db.deps, { actor: maker, county, idempotencyKey: randomUUID(), input: { batchNo } })
  }
  /** Created, approved, filed. */
  async function send(input: object = {}): Promise<CreatedBatch> {
    const batch = await create(input)
    await perform(approveBatch, { batchNo: batch.batchNo }, checker)
    await file(batch.batchNo)
    return batch
  }
  function take(batchNo: number, bytes: Uint8Array, actor: Actor = maker): Promise<ImportedResults> {
    return importResults(db.deps, { actor, county, idempotencyKey: randomUUID(), input: { batchNo, bytes } })
  }
  /** What the bank makes of the batch's file; by default it pays everything. */
  async function answer(
    batchNo: number,
    mood: BankMood = {},
    only: (ref: string) => boolean = () => true,
  ): Promise<ImportedResults> {
    const { bytes } = await readBatchFile(db.deps, { actor: maker, county, input: { batchNo, part: 1 } })
    return take(
      batchNo,
      answerBatch(
        CSV,
        readOrders(CSV, bytes).filter(({ ref }) => only(ref)),
        mood,
      ),
    )
  }
  function budget(amountFen: number, input: object = {}): Promise<{ budgetId: string }> {
    return perform(createBudget, {
      fiscalYear: 2026,
      source: '中央',
      program: 'subsistence_allowance',
      amountFen,
      basis: '预算批复',
      ...input,
    })
  }
  function step<Result>(work: (tx: Ctx['tx']) => Promise<Result>): Promise<Result> {
    return db.deps.database.runner.transaction().execute(async (tx) => {
      await setScope(tx, [county])
      return work(tx)
    })
  }
  /** Plants a published run and tells the cash ledger. */
  async function publish(run: Omit<PlantedRun, 'county'>): Promise<number> {
    const runNo = await plantRun(db, { county, ...run })
    await step((tx) =>
      fundsHooks.afterPublish(tx, { county, runNo, actorId: checker.id, at: new Date().toISOString() }),
    )
    return runNo
  }
  /** As benefits cancels: asks, changes the run, tells. */
  function cancelRun(runNo: number): Promise<boolean> {
    return step(async (tx) => {
      if (!(await fundsHooks.mayCancel(tx, county, runNo))) return false
      await db.pool.query(
        `update benefits.run set status = 'cancelled', cancelled_at = clock_timestamp(), cancelled_by = approved_by where county = $1 and no = $2`,
        [county, runNo],
      )
      await fundsHooks.afterCancel(tx, { county, runNo, actorId: checker.id, at: new Date().toISOString() })
      return true
    })
  }
  const instructions = (batchNo: number) => ask((ctx) => listInstructions(ctx, { batchNo }))
  const openClaims = () => ask((ctx) => listClaims(ctx, { status: 'open' }))
  const payable = async (awardId: string, forMonth: string) => (await payables([{ awardId, forMonth }]))[0]
  const payables = (months: readonly AwardMonth[]) => ask((ctx) => listPayables(ctx, months))

  return {
    county,
    maker,
    checker,
    perform,
    ask,
    create,
    file,
    send,
    take,
    answer,
    budget,
    step,
    publish,
    cancelRun,
    instructions,
    openClaims,
    payable,
    payables,
  }
}

export type Office = Awaited<ReturnType<typeof buildOffice>>
