import type {
  ImportCounts,
  ImportHead,
  ImportShown,
} from '../../../server/engines/imports/batch-view.schema.ts'
import type { Tone } from '../../ui/Chip.tsx'
import { count } from '../../ui/format.ts'

type Status = ImportHead['status']

/** What a batch of a list waits for, as its chip says it. */
export function importState({ status, counts }: Pick<ImportHead, 'status' | 'counts'>): {
  tone: Tone
  word: string
} {
  if (status === 'checked' && counts.ready === 0) return { tone: 'warn', word: '没有可载入的行' }
  if (status === 'loaded' && counts.wrong + counts.held > 0) return { tone: 'ok', word: '已载入有效行' }
  return STATES[status]
}

const STATES: Readonly<Record<Status, { tone: Tone; word: string }>> = {
  uploaded: { tone: 'wait', word: '待核对各列' },
  checking: { tone: 'go', word: '正在检查' },
  checked: { tone: 'wait', word: '待载入' },
  loading: { tone: 'go', word: '正在载入' },
  loaded: { tone: 'ok', word: '已载入' },
  undoing: { tone: 'go', word: '正在撤销' },
  undone: { tone: 'off', word: '已撤销' },
}

export function isUnderWay(status: Status): boolean {
  return status === 'checking' || status === 'loading' || status === 'undoing'
}

/** What became of the rows, in words; what is nought is left out. */
export const COUNTED: readonly {
  key: keyof ImportCounts
  title: string
  note: string
  tone?: 'bad' | 'warn'
}[] = [
  { key: 'ready', title: '可以载入', note: '检查没有发现问题' },
  { key: 'loaded', title: '已载入', note: '可以整批撤销' },
  { key: 'wrong', title: '需改正', note: '不会载入', tone: 'bad' },
  { key: 'held', title: '同户有错', note: '改好同户的行后一起上传', tone: 'warn' },
  { key: 'known', title: '已在册', note: '跳过，没有改动' },
  { key: 'undone', title: '已撤销', note: '恢复到载入之前' },
  { key: 'kept', title: '没有撤销', note: '之后有别的办理', tone: 'warn' },
]

export function orDash(value: number): string {
  return value === 0 ? '—' : count(value)
}

/** What became of the proposals that a list made; what is nought is left out. */
export function proposalsSaid({ waiting, effective, gone }: NonNullable<ImportShown['proposals']>): string {
  const parts = [
    { word: '待复核', value: waiting },
    { word: '已生效', value: effective },
    { word: '已退回、撤回或撤销', value: gone },
  ]
  const told = parts.filter(({ value }) => value > 0).map(({ word, value }) => `${word} ${count(value)} 份`)
  return `提出的认定：${told.join('，') || '没有'}`
}
