import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Filled, Filling } from './fill.ts'

/** Fills in a process of its own: memory that loading takes must not count as memory of the run. */
export function fillApart(filling: Filling, say: (text: string) => void): Promise<Filled> {
  const script = fileURLToPath(new URL('./fill-main.ts', import.meta.url))
  const child = fork(script, [JSON.stringify(filling)], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  })
  return new Promise((resolve, reject) => {
    let filled: Filled | undefined
    child.on('message', (message: { say: string } | { filled: Filled }) => {
      if ('say' in message) say(message.say)
      else filled = message.filled
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (filled && code === 0) resolve(filled)
      else reject(new Error(`the population was not loaded (exit ${code})`))
    })
  })
}
