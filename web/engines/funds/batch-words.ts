import type { z } from 'zod'
import type {
  BatchHead,
  getBatchEndpoint,
  InstructionShown,
} from '../../../server/engines/funds/batch-view.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'

export type BatchShown = z.infer<typeof getBatchEndpoint.output>
export type LineStatus = InstructionShown['status']

type Standing = Pick<BatchHead, 'status' | 'statusTitle' | 'byStatus'>

/** Every line of the batch has its answer. */
export function isSettled({ status, byStatus }: Standing): boolean {
  return status === 'filed' && byStatus.inFlight.lines === 0 && byStatus.unknown.lines === 0
}

/** What a batch waits for, as its chip says it. */
export function batchState(batch: Standing): { tone: Tone; word: string } {
  const { status, statusTitle, byStatus } = batch
  switch (status) {
    case 'draft':
      return { tone: 'wait', word: statusTitle }
    case 'approved':
      return { tone: 'go', word: '待生成文件' }
    case 'cancelled':
      return { tone: 'bad', word: statusTitle }
    case 'filed':
      if (isSettled(batch)) return { tone: 'ok', word: '已结' }
      return byStatus.inFlight.lines > 0
        ? { tone: 'go', word: '等银行回单' }
        : { tone: 'warn', word: '有待查' }
  }
}

/** What became of one payment; before the bank has its file, nothing was sent. */
export function lineState(
  { status, statusTitle }: Pick<InstructionShown, 'status' | 'statusTitle'>,
  isFiled: boolean,
): { tone: Tone; word: string } {
  if (status === 'in_flight' && !isFiled) return { tone: 'off', word: '还没送银行' }
  return { tone: LINE_TONES[status], word: statusTitle }
}

const LINE_TONES: Readonly<Record<InstructionShown['status'], Tone>> = {
  in_flight: 'go',
  paid: 'ok',
  returned: 'warn',
  unknown: 'warn',
  late_paid: 'bad',
  cancelled: 'off',
}
