import type { z } from 'zod'
import type { ChangeKind, previewStandardsEndpoint } from '../../../server/engines/benefits/preview.schema.ts'

export type Asked = z.input<typeof previewStandardsEndpoint.input>
export type ListKind = ChangeKind | 'arrears' | 'recoveries'

export const KINDS: Readonly<Record<ListKind, string>> = {
  gained: '变多',
  lost: '变少',
  leaving: '退出',
  entering: '重新有钱',
  unchanged: '不变',
  unknown: '算不出',
  arrears: '补发',
  recoveries: '要追回',
}

export interface Opened {
  kind: ListKind
  town?: string
}
