import type { AidShown } from '../../../server/domains/social-assistance/temporary-assistance-view.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'

export const LEVELS = { township: '乡镇审批', county: '县级审批' } as const

/** Where an aid stands, up to the filing that a town's own decision asks for. */
export function aidState({ status, isUnfiled }: AidShown): { tone: Tone; word: string } {
  if (isUnfiled) return { tone: 'go', word: '待备案' }
  switch (status) {
    case 'proposed':
      return { tone: 'wait', word: '待复核' }
    case 'effective':
      return { tone: 'ok', word: '已生效' }
    case 'refused':
      return { tone: 'off', word: '已退回' }
    case 'undone':
      return { tone: 'off', word: '已撤销' }
  }
}
