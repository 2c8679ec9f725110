import type { GoLive, GoLiveShown } from '../../../server/engines/golive/golive-view.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'

export const GO_LIVE_STATES: Readonly<Record<GoLive['status'], { tone: Tone; word: string }>> = {
  preparing: { tone: 'go', word: '准备中' },
  parallel: { tone: 'wait', word: '并行对照' },
  signed: { tone: 'wait', word: '已签认，待切换' },
  live: { tone: 'ok', word: '已上线' },
  given_up: { tone: 'off', word: '已放弃' },
}

export const RUN_STATES: Readonly<Record<string, string>> = {
  computed: '已算好',
  checked: '已复核',
  approved: '已审批',
  published: '已发布',
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
