/**
 * What the service did, one JSON line each: requests and jobs. No personal data can get in, because no value of a request does: of an
 * address its pattern, of a person the id of the account, of an error its kind and place and never its text.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import path from 'node:path'
import pino, { type StreamEntry } from 'pino'
import { createStream } from 'rotating-file-stream'
import { sqlStateOf } from './db.ts'
import { invalid, isAppError } from './errors.ts'
import type { LogSettings } from './service-settings.ts'

export interface RequestLine {
  event: 'request'
  method: string
  /** The pattern, /api/counties/:county/people/:personId say. */
  route: string
  status: number
  ms: number
  requestId: string
  /** Id of the account; absent = nobody is signed in. */
  account?: string
  error?: ErrorPlace
}

export interface JobLine {
  event: 'job'
  job: string
  jobId: string
  attempt: number
  outcome: 'done' | 'failed' | 'handed_back'
  ms: number
  error?: ErrorPlace
}

export interface ServiceLine {
  event: 'service'
  what: 'started' | 'stopping' | 'stopped' | 'certificate_renewed' | 'certificate_refused' | 'seal_failed'
  version?: string
  pid?: number
  error?: ErrorPlace
}

export type LogLine = RequestLine | JobLine | ServiceLine

export interface ErrorPlace {
  name: string
  code?: string
  /** Where in the code, the innermost first. */
  at: string[]
}

export interface Log {
  write: (line: LogLine) => void
  /** What was written stands in the file. */
  close: () => Promise<void>
}

export const NO_LOG: Log = { write: () => {}, close: () => Promise.resolve() }

export function openLog({ toStdout, file, fileMib, files }: LogSettings): Log {
  const isToStdout = toStdout === 'on' || (toStdout === 'auto' && !process.stdout.isTTY)
  const streams: StreamEntry[] = isToStdout ? [{ stream: process.stdout }] : []
  const rotating = file === undefined ? undefined : rotatingFile(file, { fileMib, files })
  if (rotating) streams.push({ stream: rotating })
  if (streams.length === 0) return NO_LOG
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime }
  const logger = pino(
    { ...options, formatters: { level: (level) => ({ level }) } },
    pino.multistream(streams),
  )
  return {
    write: (line) => logger[levelOf(line)](line),
    close: () =>
      new Promise((closed) => {
        if (rotating) rotating.end(() => closed())
        else closed()
      }),
  }
}

/** Found out now: later on, lines that cannot be written are lost without a word. */
function requireWritable(file: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw invalid(
      'platform.log_unwritable',
      `日志文件 ${file} 不能写（${why}）。请改 MINBEN_LOG_FILE，或给出写的权限，再启动。`,
    )
  }
}

/** Closed and compressed at its size and every day; the oldest are removed. */
function rotatingFile(file: string, { fileMib, files }: Pick<LogSettings, 'fileMib' | 'files'>) {
  requireWritable(file)
  const stream = createStream(path.basename(file), {
    ...{ path: path.dirname(file), size: `${fileMib}M`, interval: '1d', maxFiles: files },
    ...{ compress: 'gzip', mode: 0o600, teeToStdout: false },
  })
  // A full disk must not end the service: the lines are lost, /readyz tells why.
  stream.on('error', () => {})
  stream.on('warning', () => {})
  return stream
}

function levelOf(line: LogLine): 'info' | 'warn' | 'error' {
  if (line.event === 'request') return line.status >= 500 ? 'error' : 'info'
  return line.error ? 'error' : 'info'
}

const FRAMES = 8

/** Of the text of an error nothing is kept: a database quotes the values of the row that it refused. */
export function placeOf(error: unknown): ErrorPlace {
  if (!(error instanceof Error)) return { name: typeof error, at: [] }
  const code = isAppError(error) ? error.code : sqlStateOf(error)
  const at = [...(error.stack ?? '').matchAll(/^ {4}at .*?([\w.-]+\/[\w.-]+:\d+):\d+\)?$/gm)]
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    at: at.slice(0, FRAMES).map((match) => match[1] ?? ''),
  }
}
