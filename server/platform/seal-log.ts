/**
 * The seal log: one file per county outside the data directory, one JSON line per seal. It is what shows that the
 * end of the database was cut off. Protect it better than the database: append-only attribute, another owner, or a
 * copy on another machine.
 *
 * Order at sealing: commit first, then append. A crash between the two leaves the log one seal short; the next pass
 * of the sealer compares `findLastSealLine` with the table and appends what is missing.
 */
import type { KeyObject } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { restoreMac, type Seal } from './audit-seal.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)

const SealLine = z.object({
  kind: z.literal('seal'),
  county: z.string(),
  n: z.int().positive(),
  sealedAt: z.string(),
  rowCount: z.int().positive(),
  root: digest,
  firstAt: z.string(),
  lastAt: z.string(),
  mac: digest,
})

const RestoreLine = z.object({
  kind: z.literal('restore'),
  county: z.string(),
  n: z.int().nonnegative(),
  mac: digest,
  at: z.string(),
  lineMac: digest,
})

const Line = z.discriminatedUnion('kind', [SealLine, RestoreLine])
export type SealLogLine = z.infer<typeof Line>

export interface SealLog {
  lines: SealLogLine[]
  /** Line numbers, from 1, that are not readable: a write cut short by a crash, or an alteration. */
  damaged: number[]
}

export function sealLogPath(directory: string, county: string): string {
  if (!/^\d{6}$/.test(county)) throw new Error(`seal log: ${county} is not a county code`)
  return path.join(directory, `${county}.log`)
}

export function appendSealLine(directory: string, seal: Seal): void {
  appendLine(directory, { kind: 'seal', ...seal })
}

/** To be written by a restore before the sealer runs again; `n` and `mac` are those of the last seal restored. */
export function appendRestoreLine(
  directory: string,
  key: KeyObject,
  note: { county: string; n: number; mac: string; at: string },
): void {
  appendLine(directory, { kind: 'restore', ...note, lineMac: restoreMac(key, note) })
}

export function readSealLines(directory: string, county: string): SealLog {
  const file = sealLogPath(directory, county)
  return existsSync(file) ? parseLines(readFileSync(file, 'utf8')) : { lines: [], damaged: [] }
}

/** The last readable line, from the end of the file only: the log grows for ever and the sealer asks often. */
export function findLastSealLine(directory: string, county: string): SealLogLine | undefined {
  const file = sealLogPath(directory, county)
  if (!existsSync(file)) return undefined
  const handle = openSync(file, 'r')
  try {
    const size = fstatSync(handle).size
    const tail = Buffer.alloc(Math.min(size, 16_384))
    readSync(handle, tail, 0, tail.length, size - tail.length)
    return parseLines(tail.toString('utf8')).lines.at(-1)
  } finally {
    closeSync(handle)
  }
}

function appendLine(directory: string, line: SealLogLine): void {
  const file = sealLogPath(directory, line.county)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const handle = openSync(file, 'a+', 0o600)
  try {
    writeSync(handle, `${endsInsideLine(handle) ? '\n' : ''}${JSON.stringify(line)}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** True after a crash in the middle of a write: the torn line must not swallow the next one. */
function endsInsideLine(handle: number): boolean {
  const size = fstatSync(handle).size
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(handle, last, 0, 1, size - 1)
  return last.toString('latin1') !== '\n'
}

function parseLines(text: string): SealLog {
  const log: SealLog = { lines: [], damaged: [] }
  text.split('\n').forEach((line, index) => {
    if (line === '') return
    const parsed = Line.safeParse(parseJson(line))
    if (parsed.success) log.lines.push(parsed.data)
    else log.damaged.push(index + 1)
  })
  return log
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
