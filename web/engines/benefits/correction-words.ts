import type { Correction, SettledIn } from '../../../server/engines/benefits/correction-view.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'

export const CORRECTION_STATES: Readonly<Record<Correction['status'], { tone: Tone; word: string }>> = {
  proposed: { tone: 'wait', word: '待决定' },
  decided: { tone: 'ok', word: '已决定' },
  rejected: { tone: 'off', word: '已退回' },
}

export const CORRECTION_KINDS: Readonly<Record<Correction['kind'], string>> = {
  rate: '标准',
  setting: '参数',
  formula: '计算办法',
  fact: '登记事实',
}

export const STAGES: Readonly<Record<SettledIn['stage'], { tone: Tone; word: string }>> = {
  found: { tone: 'warn', word: '等决定' },
  written: { tone: 'go', word: '已写入，待发布' },
  settled: { tone: 'ok', word: '已结清入账' },
}
