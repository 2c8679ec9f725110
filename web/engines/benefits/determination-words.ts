import type { Determination } from '../../../server/engines/benefits/determination-view.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'

export const DETERMINATION_STATES: Readonly<Record<Determination['status'], { tone: Tone; word: string }>> = {
  proposed: { tone: 'wait', word: '待复核' },
  effective: { tone: 'ok', word: '已生效' },
  refused: { tone: 'bad', word: '已退回' },
  undone: { tone: 'bad', word: '已撤销' },
}

export const LEVELS = { township: '乡镇（街道）', county: '县级' } as const
