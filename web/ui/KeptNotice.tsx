import { Compare } from './Compare.tsx'
import { minute } from './format.ts'
import { differing, type Stated } from './stated.ts'

export interface KeptShown {
  /** What was typed before and not sent, the latest first. */
  found: readonly FoundShown[]
  /** Given up a moment ago. */
  dropped: { at: string; bringBack: () => void } | undefined
  savedAt: string | undefined
  trouble: 'offline' | 'too_large' | 'shut' | undefined
}

interface FoundShown {
  id: string
  at: string
  /** What stands in the form now, and what was typed then. */
  here: readonly Stated[]
  typed: readonly Stated[]
  restore: () => void
  drop: () => void
}

/** Asks whether what was typed before is wanted again, and shows what it would change; it never comes back in silence. */
export function KeptNotice({ form: { found, dropped } }: { form: KeptShown }) {
  return (
    <>
      {found.map((each) => (
        <Found key={each.id} found={each} />
      ))}
      {dropped && (
        <p className="notice hs wrap" role="status">
          已放弃 {minute(dropped.at)} 填的内容。
          <button className="btn btn-s" type="button" onClick={dropped.bringBack}>
            撤销
          </button>
        </p>
      )}
    </>
  )
}

function Found({ found: { at, here, typed, restore, drop } }: { found: FoundShown }) {
  const { was, will } = differing(here, typed)
  return (
    <section className="notice notice-warn kept" aria-label="上次没有提交的内容">
      <p className="hs wrap" role="status">
        上次没有提交的内容（{minute(at)}）：
        <button className="btn btn-s" type="button" onClick={restore}>
          继续填写
        </button>
        <button className="btn btn-s" type="button" onClick={drop}>
          放弃
        </button>
      </p>
      {will.length > 0 && (
        <Compare
          title="上次填的和表里现在的有什么不同"
          was={{ title: '表里现在', rows: was }}
          will={{ title: '上次填的', rows: will }}
        />
      )}
    </section>
  )
}

const TROUBLES = {
  offline: '服务器暂时没有收下，草稿先存在这台电脑上',
  too_large: '内容太长，草稿只存在这台电脑上，请尽快提交',
  shut: '草稿没有存到服务器，只存在这台电脑上',
} as const

/** Whether what is typed is safe. */
export function KeptAt({ form: { savedAt, trouble } }: { form: KeptShown }) {
  if (trouble) return <span className="mini warn">{TROUBLES[trouble]}</span>
  return <span className="mini">{savedAt ? `草稿已存 ${minute(savedAt).slice(11)}` : ''}</span>
}
