import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const BIN = path.resolve(import.meta.dirname, '../bin/minben.js')

/** A process of the product, with what it says. */
export interface Program {
  child: ChildProcess
  said: () => string
  complained: () => string
  /** Throws when it ends before it says so. */
  says: (text: string | RegExp) => Promise<void>
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill: (signal: NodeJS.Signals) => Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

const PATIENCE_MS = 120_000

/** `prefix` is a program that starts it in other surroundings. */
export function runProgram(
  args: readonly string[],
  environment: Record<string, string>,
  prefix: readonly string[] = [],
): Program {
  const [program = '', ...rest] = [...prefix, process.execPath, BIN, ...args]
  const child = spawn(program, rest, {
    env: { ...process.env, MINBEN_DEMO: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  )
  const says = async (text: string | RegExp) => {
    for (let waited = 0; waited < PATIENCE_MS; waited += 20) {
      if (typeof text === 'string' ? out.includes(text) : text.test(out)) return
      if (child.exitCode !== null || child.signalCode !== null) break
      await wait(20)
    }
    throw new Error(`it never said ${String(text)}:\n${out}\n${err}`)
  }
  return {
    ...{ child, ended, says },
    said: () => out,
    complained: () => err,
    kill: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

export function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
