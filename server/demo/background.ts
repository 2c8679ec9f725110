/** A demonstration loads in a process of its own, so that the server answers meanwhile. */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { DemonstrationLoading } from '../platform/demonstration.schema.ts'
import type { DemoProgress } from './load.ts'
import { lately, remainingText, secondsLeft, type Passed } from './pace.ts'
import type { PaidMonth } from './pay.ts'
import { SCENARIOS, type Chosen } from './scenario.ts'

/** Sent, not written on the command line: the address holds a password. */
export interface LoadOrder {
  adminUrl: string
  varDir: string
  keyFile: string
  chosen: Chosen
}

export type LoadOutcome = { paid: PaidMonth[] } | { problem: string }
export type LoadNews = { progress: DemoProgress } | LoadOutcome

export interface BackgroundLoad {
  /** Null = the demonstration is whole. */
  loading: () => DemonstrationLoading | null
  /** Never rejects; undefined = stopped before it was whole. */
  ended: Promise<LoadOutcome | undefined>
  stop: () => Promise<void>
}

export function loadInBackground(
  order: LoadOrder,
  onProgress: (progress: DemoProgress) => void = () => {},
): BackgroundLoad {
  const child = startLoader(order)
  const { title } = SCENARIOS[order.chosen.scenario]
  let passed: Passed[] = []
  let shown: DemonstrationLoading | null = loadingOf(title, { share: 0, closedTo: null })
  let isStopping = false
  let end: LoadOutcome | undefined
  child.on('message', (news: LoadNews) => {
    if (!('progress' in news)) {
      end = news
      return
    }
    const atMs = performance.now()
    passed = lately([...passed, { share: news.progress.share, atMs }], atMs)
    shown = loadingOf(title, news.progress)
    onProgress(news.progress)
  })
  const ended = ending(child).then((how) => {
    if (isStopping) return undefined
    const outcome = end ?? { problem: how }
    shown = 'paid' in outcome ? null : shown && failedOf(shown, title)
    return outcome
  })
  return {
    loading: () => {
      if (shown?.state !== 'loading') return shown
      const seconds = secondsLeft(passed, performance.now())
      return { ...shown, remaining: seconds === undefined ? null : remainingText(seconds) }
    },
    ended,
    stop: async () => {
      isStopping = true
      child.kill('SIGKILL')
      await ended
    },
  }
}

function startLoader(order: LoadOrder): ChildProcess {
  const child = fork(fileURLToPath(new URL('./load-main.ts', import.meta.url)), [], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  })
  child.send(order)
  return child
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(String(error)))
    child.once('exit', (code, signal) => resolve(`载入程序意外结束（${signal ?? `退出码 ${code ?? ''}`}）`))
  })
}

function loadingOf(
  title: string,
  { share, closedTo }: Pick<DemoProgress, 'share' | 'closedTo'>,
): DemonstrationLoading {
  const sofar = closedTo === null ? '还没有关账的月份' : `已关到 ${Number(closedTo.slice(5))} 月`
  return {
    ...{ state: 'loading', share, closedTo, remaining: null },
    text: `正在载入${title}的演示数据：${sofar}`,
  }
}

/** The reason is told to whoever started the server: this anybody may read. */
function failedOf({ share, closedTo }: DemonstrationLoading, title: string): DemonstrationLoading {
  const sofar = closedTo === null ? '没有关账的月份' : `只到 ${Number(closedTo.slice(5))} 月`
  return {
    ...{ state: 'failed', share, closedTo, remaining: null },
    text: `${title}的演示数据没有载完，${sofar}，原因在启动的窗口里。已载入的可以照常查看。请重新启动，会从断处接着载入；仍不行，请换一个空的数据目录重来。`,
  }
}
