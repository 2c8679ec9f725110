import type { Takeover } from '../../../server/engines/benefits/takeover-view.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'

export const TAKEOVER_STATES: Readonly<Record<Takeover['status'], { tone: Tone; word: string }>> = {
  proposed: { tone: 'wait', word: '待签字' },
  signed: { tone: 'ok', word: '已签字' },
  withdrawn: { tone: 'off', word: '已撤回' },
}
