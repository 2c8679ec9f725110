import { createHash } from 'node:crypto'
import type { ChunkTold } from './run-change.db.ts'

/** Of a larger run only some ranges of awards are drawn from: to draw lots for a million awards would keep the checker waiting. */
const ENOUGH_LINES = 40_000

/** Ranges in the order of their lots until they hold enough lines; all of them for a run of usual size. */
export function chunksDrawn(seed: number, chunks: readonly ChunkTold[]): ChunkTold[] {
  const lots = chunks
    .map((chunk) => ({ chunk, lot: createHash('md5').update(`${seed}.chunk.${chunk.no}`).digest('hex') }))
    .toSorted((a, b) => (a.lot < b.lot ? -1 : 1))
  const drawn: ChunkTold[] = []
  let lines = 0
  for (const { chunk } of lots) {
    if (lines >= ENOUGH_LINES) break
    drawn.push(chunk)
    lines += chunk.lines
  }
  return drawn
}

export function sampleMethod(seed: number, count: number): string {
  return `以核算号 ${seed} 为种子，按项目和乡镇轮流抽取 ${count} 户（人）；任何人用同一种子重抽，结果相同。`
}
