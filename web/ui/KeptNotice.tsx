import { minute } from './format.ts'

interface FoundProps {
  found: { at: string; restore: () => void; discard: () => void } | undefined
}

/** Asks whether what was typed before is wanted again; it never comes back in silence. */
export function KeptNotice({ found }: FoundProps) {
  if (!found) return null
  return (
    <p className="notice notice-warn hs wrap" role="status">
      您 {minute(found.at)} 填过、没有提交的内容还在。
      <button className="btn btn-s" type="button" onClick={found.restore}>
        恢复
      </button>
      <button className="btn btn-s" type="button" onClick={found.discard}>
        不要了
      </button>
    </p>
  )
}
