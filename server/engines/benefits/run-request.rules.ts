import type { AskedStep, RunRequest } from './run-request.db.ts'

export interface RequestState {
  /** Asked for and not carried out yet; a step of a person before the computation that goes on beside it. */
  pending: RunRequest | undefined
  /** What went wrong last, until something was asked for after it. */
  failed: RunRequest | undefined
}

/** What the screen shows of the steps asked for, given in the order of asking. */
export function stateOfRequests(requests: readonly RunRequest[]): RequestState {
  const waiting = requests.filter(({ status }) => status === 'waiting')
  const last = requests.at(-1)
  return {
    pending: waiting.find(({ step }) => step !== 'compute') ?? waiting[0],
    failed: last && last.code !== null ? last : undefined,
  }
}

const TITLES: Readonly<Record<AskedStep, string>> = {
  compute: '计算',
  publish: '发布',
  reject: '退回',
  cancel: '撤销',
}

export function stepTitle(step: AskedStep): string {
  return TITLES[step]
}
