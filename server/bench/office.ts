import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Ran } from './office-run.ts'

export type ToOffice = 'run' | 'settle' | 'stop'
export interface Ports {
  office: number
  bare: number
}
export type FromOffice = { ports: Ports } | { ran: Ran } | { settled: true } | { failed: string }

/** The server in a process of its own, as in the product; a run that it is asked for is computed in that same process. */
export interface Office {
  ports: Ports
  run: () => Promise<Ran>
  /** What the bank answers to the last run. */
  settle: () => Promise<void>
  stop: () => Promise<void>
}

export async function openOffice(database: string): Promise<Office> {
  const script = fileURLToPath(new URL('./office-main.ts', import.meta.url))
  const child = fork(script, [database], { execArgv: ['--import', import.meta.resolve('tsx')] })
  const first = await nextMessage(child)
  if (!('ports' in first)) throw new Error(`the server did not start: ${JSON.stringify(first)}`)
  return {
    ports: first.ports,
    run: async () => {
      child.send('run' satisfies ToOffice)
      const answer = await nextMessage(child)
      if ('ran' in answer) return answer.ran
      throw new Error(`the run failed: ${JSON.stringify(answer)}`)
    },
    settle: async () => {
      child.send('settle' satisfies ToOffice)
      const answer = await nextMessage(child)
      if (!('settled' in answer)) throw new Error(`settling failed: ${JSON.stringify(answer)}`)
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.send('stop' satisfies ToOffice)
      await ended
    },
  }
}

function nextMessage(child: ChildProcess): Promise<FromOffice> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the server ended (exit ${code})`))
    child.once('exit', ended)
    child.once('message', (message: FromOffice) => {
      child.off('exit', ended)
      resolve(message)
    })
  })
}
