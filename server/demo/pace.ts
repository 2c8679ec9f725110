/** How long a load still takes, from how fast it went lately: an interrupted one first passes over what is done. */

export interface Passed {
  /** Of the whole work. */
  share: number
  atMs: number
}

const LATELY_MS = 30_000
const LEAST_MS = 4_000

/** What is worth keeping of what was passed: the last half minute. */
export function lately(passed: readonly Passed[], nowMs: number): Passed[] {
  const from = passed.findLastIndex(({ atMs }) => atMs <= nowMs - LATELY_MS)
  return passed.slice(Math.max(0, from))
}

/** Undefined = too early to say. */
export function secondsLeft(passed: readonly Passed[], nowMs: number): number | undefined {
  const [first, last] = [passed[0], passed.at(-1)]
  if (!first || !last || last.atMs - first.atMs < LEAST_MS || last.share <= first.share) return undefined
  const msLeft = ((1 - last.share) * (last.atMs - first.atMs)) / (last.share - first.share)
  return Math.max(0, (msLeft - (nowMs - last.atMs)) / 1000)
}

/** As precise as it can be meant. */
export function remainingText(seconds: number): string {
  if (seconds <= 10) return '不到 10 秒'
  if (seconds <= 90) return `约 ${Math.ceil(seconds / 10) * 10} 秒`
  return `约 ${Math.round(seconds / 60)} 分钟`
}
