import type { Actor } from '../../platform/access.ts'
import { formatYuan, sumFen, type Fen } from '../../platform/money.ts'
import type { Tally } from './batch-view.db.ts'
import type { BatchHead, BudgetUse, ByStatus, May, Step } from './batch-view.schema.ts'
import type { Batch } from './batch.db.ts'
import { batchTitle, stateProblem, type BatchStatus } from './batch.rules.ts'
import type { Budget } from './budget.db.ts'
import { inSourceOrder, spreadOver, type Reserved } from './budget.rules.ts'
import type { InstructionStatus } from './funds.schema.ts'

type Titles = (program: string) => string

const STATUS_KEY: Readonly<Record<InstructionStatus, keyof ByStatus>> = {
  in_flight: 'inFlight',
  paid: 'paid',
  returned: 'returned',
  unknown: 'unknown',
  late_paid: 'latePaid',
  cancelled: 'cancelled',
}

const STATUS_TITLE: Readonly<Record<InstructionStatus, string>> = {
  in_flight: '已发出，等银行回单',
  paid: '已到账',
  returned: '已退回',
  unknown: '待查',
  late_paid: '重复到账',
  cancelled: '已作废',
}

export function instructionTitle(status: InstructionStatus): string {
  return STATUS_TITLE[status]
}

/** A batch as lists show it; `tallies` are its own. */
export function headOf(
  batch: Batch,
  tallies: readonly Tally[],
  nameOf: (id: string | null) => string | null,
): BatchHead {
  const { no, title, fiscalYear, status, lines, totalFen, madeAt, approvedAt, filedAt, cancelledAt } = batch
  const months = tallies.flatMap(({ fromMonth, toMonth }) => [fromMonth, toMonth]).toSorted()
  return {
    ...{ no, group: batch.programGroup, title, fiscalYear, status, statusTitle: batchTitle(status) },
    ...{ fromMonth: months[0] ?? null, toMonth: months.at(-1) ?? null, lines, totalFen },
    ...{ madeBy: nameOf(batch.madeBy), madeAt, approvedBy: nameOf(batch.approvedBy), approvedAt },
    ...{ filedAt, cancelledAt, byStatus: byStatusOf(tallies) },
  }
}

function byStatusOf(tallies: readonly Tally[]): ByStatus {
  const none = () => ({ lines: 0, fen: 0 })
  const sums: ByStatus = {
    ...{ inFlight: none(), paid: none(), returned: none() },
    ...{ unknown: none(), latePaid: none(), cancelled: none() },
  }
  for (const { status, lines, fen } of tallies) {
    const sum = sums[STATUS_KEY[status]]
    sum.lines += lines
    sum.fen += fen
  }
  return sums
}

export function programSums(
  tallies: readonly Tally[],
  titleOf: Titles,
): { program: string; title: string; lines: number; fen: Fen }[] {
  const programs = [...new Set(tallies.map(({ program }) => program))].toSorted()
  return programs.map((program) => {
    const own = tallies.filter((tally) => tally.program === program)
    const lines = own.reduce((sum, tally) => sum + tally.lines, 0)
    return { program, title: titleOf(program), lines, fen: sumFen(own.map(({ fen }) => fen)) }
  })
}

export interface BudgetShown {
  isReserved: boolean
  sources: BudgetUse[]
  shortFen: Fen
}

/** What the batch holds of each source; of a draft what its approval would take, in the order of approval. */
export function budgetOf(
  status: BatchStatus,
  known: { amounts: ReadonlyMap<string, Fen>; budgets: readonly Budget[]; reserved: readonly Reserved[] },
  titleOf: Titles,
): BudgetShown {
  const isReserved = status !== 'draft'
  const planned = [...known.amounts].map(([program, fen]) =>
    spreadOver(inSourceOrder(known.budgets.filter((budget) => budget.program === program)), fen),
  )
  const parts = isReserved ? known.reserved : planned.flatMap((plan) => plan.parts)
  const taken = new Map(parts.map(({ budgetId, fen }) => [budgetId, fen]))
  const sources = known.budgets
    .filter(({ program }) => known.amounts.has(program))
    .map(({ id, source, program, amountFen, reservedFen }) => {
      const thisFen = taken.get(id) ?? 0
      const usedFen = reservedFen - (isReserved ? thisFen : 0)
      return {
        ...{ budgetId: id, source, program, programTitle: titleOf(program), limitFen: amountFen },
        ...{ usedFen, thisFen, restFen: amountFen - usedFen - thisFen },
      }
    })
  const shortFen = isReserved ? 0 : sumFen(planned.map((plan) => plan.shortFen))
  return { isReserved, sources, shortFen }
}

const NO_RIGHT = '您的岗位没有这项权限，请由县级资金岗位办理。'

/** What the asker may do now, and why not; the commands ask the same again. */
export function mayOf(batch: Batch, { shortFen }: BudgetShown, actor: Actor): May {
  const step = (permission: string, ...problems: (string | undefined)[]): Step => {
    const reason = actor.permissions.has(permission)
      ? problems.find((problem) => problem !== undefined)
      : NO_RIGHT
    return { allowed: reason === undefined, reason: reason ?? null }
  }
  return {
    approve: step(
      'funds.batch.approve',
      stateProblem(batch, ['draft'], '审批'),
      batch.madeBy === actor.id ? '您编制了这一批次，请由另一位负责人审批。' : undefined,
      shortFen > 0 ? `预算还差 ${formatYuan(shortFen)} 元，请先登记或追加预算。` : undefined,
    ),
    file: step('funds.batch.file', stateProblem(batch, ['approved'], '生成银行文件')),
    download: step('funds.batch.download', stateProblem(batch, ['filed'], '下载银行文件')),
    cancel: step('funds.batch.cancel', stateProblem(batch, ['draft', 'approved'], '作废')),
    importResults: step('funds.result.import', stateProblem(batch, ['filed'], '导入回单')),
  }
}
