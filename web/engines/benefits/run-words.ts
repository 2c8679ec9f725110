import type { RunHead } from '../../../server/engines/benefits/run-view.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'

export const RUN_STATES: Readonly<Record<RunHead['status'], { tone: Tone; word: string }>> = {
  computing: { tone: 'go', word: '计算中' },
  computed: { tone: 'wait', word: '待复核' },
  checked: { tone: 'wait', word: '待审批' },
  approved: { tone: 'go', word: '待发布' },
  published: { tone: 'ok', word: '已发布' },
  rejected: { tone: 'bad', word: '已退回' },
  cancelled: { tone: 'bad', word: '已撤销' },
}
