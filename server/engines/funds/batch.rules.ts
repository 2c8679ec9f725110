import { conflict } from '../../platform/errors.ts'
import { addFen, type Fen } from '../../platform/money.ts'

export type BatchStatus = 'draft' | 'approved' | 'filed' | 'cancelled'

const STATE: Readonly<Record<BatchStatus, string>> = {
  draft: '待审批',
  approved: '已审批',
  filed: '已生成银行文件',
  cancelled: '已作废',
}

export function batchTitle(status: BatchStatus): string {
  return STATE[status]
}

interface Standing {
  no: number
  status: BatchStatus
}

/** Why the batch does not stand where the step needs it; undefined = it does. */
export function stateProblem(
  { no, status }: Standing,
  needed: readonly BatchStatus[],
  step: string,
): string | undefined {
  return needed.includes(status) ? undefined : `第 ${no} 批${STATE[status]}，不能${step}。`
}

/** Throws `funds.batch_state` unless the batch stands where the step needs it. */
export function requireState(batch: Standing, needed: readonly BatchStatus[], step: string): void {
  const problem = stateProblem(batch, needed, step)
  if (problem === undefined) return
  const { no, status } = batch
  throw conflict('funds.batch_state', `${problem}请刷新后查看该批次现在的状态。`, {
    batchNo: no,
    status,
    needed,
  })
}

/** `<county><batch 6 digits><seq 6 digits>`: 18 digits, unique for ever, fits every bank's reference column. */
export function instructionRef(county: string, batchNo: number, seq: number): string {
  if (batchNo > 999_999 || seq > 999_999) throw new Error('batch or line number has more than six digits')
  return `${county}${String(batchNo).padStart(6, '0')}${String(seq).padStart(6, '0')}`
}

/** Programme → fen. */
export function amountsByProgram(items: readonly { program: string; fen: Fen }[]): Map<string, Fen> {
  const amounts = new Map<string, Fen>()
  for (const { program, fen } of items) amounts.set(program, addFen(amounts.get(program) ?? 0, fen))
  return amounts
}
