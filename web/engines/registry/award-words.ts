import type { AwardInFile } from '../../../server/engines/registry/file-money.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'

export const AWARD_TONES: Readonly<Record<AwardInFile['state'], Tone>> = {
  none: 'off',
  proposed: 'wait',
  planned: 'go',
  active: 'ok',
  ended: 'off',
  paid_once: 'ok',
}
