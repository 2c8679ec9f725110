import { count } from './format.ts'

export interface More {
  hasMore: boolean
  isReading: boolean
  readMore: () => void
}

/** Under a long list: the rows that follow. */
export function MoreButton({ list, listed }: { list: More; listed: number }) {
  if (!list.hasMore) return null
  return (
    <p className="pad">
      <button className="btn" type="button" onClick={list.readMore}>
        {list.isReading ? '正在读…' : `再看下面的（已列 ${count(listed)} 条）`}
      </button>
    </p>
  )
}
