import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { diceOf } from '../server/bench/dice.ts'
import type { ChunkState } from '../server/bench/kills.db.ts'
import { drawMoments } from './kills-moments.ts'
import { chunkFaults } from './kills-strike.ts'

/** A quarter of a minute on an idle machine. */
const LONGEST_MS = 170_000

function runScript(
  varDir: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string[] }> {
  const script = path.join(import.meta.dirname, 'kills.ts')
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...args], {
    env: { ...process.env, MINBEN_VAR: varDir },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
  })
  let output = ''
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()))
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code, output: output.trim().split('\n') })),
  )
}

test('a run killed as process, as database and amid its publication leaves the rows of an undisturbed one', async () => {
  const varDir = mkdtempSync(path.join(tmpdir(), 'minben-kills-'))
  try {
    const { code, output } = await runScript(varDir, ['--people', '300', '--chunk', '25', '--kills', '5'])

    expect(output.at(-1)).toMatch(/^5 of 5 kills survived: \d+ lines, same digest [0-9a-f]{64}$/)
    expect(code).toBe(0)
    expect(output.filter((line) => line.includes('SIGKILL'))).toHaveLength(5)
    expect(readdirSync(varDir)).toEqual([])
  } finally {
    rmSync(varDir, { recursive: true, force: true })
  }
}, 180_000)

test('twenty moments: half the victims are processes, the database falls in both ways, the chunks rise and are no neighbours', () => {
  const moments = drawMoments(diceOf(7), { kills: 20, chunks: 108 })
  const chunks = moments.flatMap(({ chunk }) => chunk || [])
  const countOf = (wanted: string) => moments.filter(({ victim }) => victim === wanted).length

  expect(moments.map(({ no }) => no)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect([countOf('process'), countOf('server'), countOf('postmaster')]).toEqual([10, 6, 4])
  expect(moments.slice(-3).map(({ step, victim }) => `${step} ${victim}`)).toEqual([
    'finish process',
    'publish process',
    'publish server',
  ])
  expect(chunks).toHaveLength(17)
  expect(chunks.every((chunk, index) => chunk >= (chunks[index - 1] ?? 0) + 2 && chunk < 108)).toBe(true)
  expect(drawMoments(diceOf(7), { kills: 20, chunks: 108 })).toEqual(moments)
  expect(drawMoments(diceOf(8), { kills: 20, chunks: 108 })).not.toEqual(moments)
})

test('with fewer chunks than kills a chunk is hit more than once, the last one never', () => {
  const chunks = drawMoments(diceOf(1), { kills: 20, chunks: 4 }).flatMap(({ chunk }) => chunk || [])

  expect(chunks).toHaveLength(17)
  expect(chunks.every((chunk) => chunk >= 1 && chunk <= 3)).toBe(true)
})

const calm: ChunkState[] = [1, 2].map((no) => chunkOf(no, {}))

function chunkOf(no: number | null, change: Partial<ChunkState>): ChunkState {
  return { no, isDone: true, lines: 10, fen: 500, linesFound: 10, fenFound: 500, ...change }
}

test.each([
  ['done with all its lines', chunkOf(1, {}), 0],
  ['not done and empty', chunkOf(1, { isDone: false, lines: 0, fen: 0, linesFound: 0, fenFound: 0 }), 0],
  ['done without one of its lines', chunkOf(1, { linesFound: 9, fenFound: 450 }), 1],
  ['done with another amount', chunkOf(1, { fenFound: 501 }), 1],
  ['done, but not as the undisturbed one', chunkOf(1, { lines: 9, linesFound: 9 }), 1],
  ['not done with a line', chunkOf(1, { isDone: false, lines: 0, fen: 0, linesFound: 1, fenFound: 50 }), 1],
  ['lines that lie in no chunk', chunkOf(null, { isDone: false, lines: 0, fen: 0 }), 1],
  ['a chunk that the undisturbed run does not have', chunkOf(3, {}), 1],
])('%s: %#', (_, found, faults) => {
  expect(chunkFaults([found], calm)).toHaveLength(faults)
})
