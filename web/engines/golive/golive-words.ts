import type { GoLiveShown } from '../../../server/engines/golive/golive-view.schema.ts'
import { STATUS_TITLES, type ProjectStatus } from '../../../server/engines/golive/project.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'

const TONES: Readonly<Record<ProjectStatus, Tone>> = {
  ...{ preparing: 'go', parallel: 'wait', signed: 'wait', live: 'ok', given_up: 'off' },
}

/** Where a project stands, as its chip says it. */
export function goLiveState(status: ProjectStatus): { tone: Tone; word: string } {
  return { tone: TONES[status], word: STATUS_TITLES[status] }
}

/** Where one stands, for the bar of steps. */
export const GO_LIVE_STEPS = ['导入旧数据', '数据质量', '并行对照', '两人签认', '切换上线'] as const

/** How many steps are behind; `stops` = kinds of dirt that stop a signature, undefined while that is being counted. */
export function stepOf({ project, loaded, unexplained }: GoLiveShown, stops: number | undefined): number {
  const { status, first, compared } = project
  if (status === 'live') return GO_LIVE_STEPS.length
  if (status === 'signed') return 4
  if (first !== null) return 3
  if (compared !== null) return stops === 0 && unexplained.lines === 0 ? 3 : 2
  if (loaded.oldLines === 0) return 0
  return stops === 0 ? 2 : 1
}
