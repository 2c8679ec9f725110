import { useState } from 'react'
import {
  checkDeterminationsEndpoint,
  type Determination,
} from '../../../server/engines/benefits/determination-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { useAsker } from '../../app/session.tsx'
import { count, signedMoney } from '../../ui/format.ts'

const MOST = 200

/** Several at once: their number is typed by hand first; one that is wrong leaves all of them undone. */
export function DeterminationBatch({ rows, onDone }: { rows: readonly Determination[]; onDone: () => void }) {
  const { county } = useAsker()
  const [typed, setTyped] = useState('')
  const check = useCommand(checkDeterminationsEndpoint, onDone)
  const fen = rows.reduce((sum, { nowFen, wouldFen }) => sum + (wouldFen ?? 0) - (nowFen ?? 0), 0)
  const problem = problemOf(rows.length, typed)
  const send = () => {
    if (problem || check.isPending) return
    const versions = Object.fromEntries(rows.map(({ id, version }) => [id, version]))
    check.mutate({ county, ids: rows.map(({ id }) => id), versions })
  }
  useKeys({ F8: send })
  return (
    <footer className="sign" aria-label="一起复核">
      <div>
        <b>已选 {count(rows.length)} 份</b>
        <div className="mini">合计每月 {signedMoney(fen)} 元</div>
      </div>
      <span className="grow" />
      <div className="sign-say" aria-live="polite">
        {check.error ? (
          <span className="bad" role="alert">
            {check.error.message}
          </span>
        ) : (
          <span className="ink2">{problem ?? '一份有问题则全部不生效'}</span>
        )}
      </div>
      <button className="btn" type="button" onClick={onDone}>
        不选了
      </button>
      <label className="type">
        输入份数 {rows.length} 确认
        <input
          className="field"
          inputMode="numeric"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && send()}
        />
      </label>
      <button className="btn btn-1" type="button" aria-disabled={problem !== undefined} onClick={send}>
        {check.isPending ? '正在提交…' : '一起复核通过'} <kbd>F8</kbd>
      </button>
    </footer>
  )
}

function problemOf(chosen: number, typed: string): string | undefined {
  if (chosen > MOST) return `一次最多 ${MOST} 份，请少选一些`
  return typed.trim() === String(chosen) ? undefined : '先看过每一份，再输入份数'
}
