import { RUN_TITLES, type RunStatus } from '../../../server/engines/benefits/run-view.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'

const TONES: Readonly<Record<RunStatus, Tone>> = {
  ...{ computing: 'go', computed: 'wait', checked: 'wait', approved: 'go' },
  ...{ published: 'ok', rejected: 'bad', cancelled: 'bad' },
}

/** What a run waits for, as its chip says it. */
export function runState(status: RunStatus): { tone: Tone; word: string } {
  return { tone: TONES[status], word: RUN_TITLES[status] }
}
