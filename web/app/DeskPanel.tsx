import { Link } from '@tanstack/react-router'
import { getDeterminationEndpoint } from '../../server/engines/benefits/determination-view.schema.ts'
import { Loading } from '../ui/Blank.tsx'
import { Chip } from '../ui/Chip.tsx'
import { minute, money } from '../ui/format.ts'
import { Icon } from '../ui/Icon.tsx'
import { Problem } from '../ui/Problem.tsx'
import { useEndpoint } from './api.ts'
import { DeskLink } from './DeskLink.tsx'
import { deskWords, type Waiting } from './desk-words.ts'
import { useAsker } from './session.tsx'
import { useSettled } from './settled.ts'

/** The chosen thing in words: what it is, why here, what if nothing is done, what to do. */
export function DeskPanel({ item }: { item: Waiting }) {
  const { kind, title, who, why, since, target } = item
  const { verb, state, todo, else: otherwise } = deskWords(kind)
  const determinationId = useSettled(target.determinationId)
  return (
    <aside className="desk-side" aria-label="选中的事项">
      <div className="desk-scroll" aria-live="polite">
        <div className="hs wrap">
          <h2>{title}</h2>
          <Chip {...state} />
        </div>
        <p>
          <b>{who}</b>
        </p>
        {determinationId && determinationId === target.determinationId && <Proposal id={determinationId} />}
        <dl className="kv">
          <dt>为什么是我</dt>
          <dd>{why}</dd>
          <dt>何时到的</dt>
          <dd>{minute(since)}</dd>
          <dt>怎么办</dt>
          <dd>{todo}</dd>
          <dt>不办会怎样</dt>
          <dd>{otherwise}</dd>
        </dl>
      </div>
      <div className="desk-acts">
        <DeskLink
          kind={kind}
          target={target}
          className="btn btn-1"
          fallback={<span className="ink2">这一项没有页面，按上面说的办理。</span>}
        >
          {verb} <kbd>Enter</kbd>
        </DeskLink>
        {target.awardId && (
          <Link to="/awards/$awardId" params={{ awardId: target.awardId }}>
            看这项待遇
          </Link>
        )}
      </div>
    </aside>
  )
}

function Proposal({ id }: { id: string }) {
  const { county } = useAsker()
  const shown = useEndpoint(getDeterminationEndpoint, { county, id })
  if (shown.isPending) return <Loading rows={3} />
  if (shown.error) return <Problem error={shown.error} onRetry={() => void shown.refetch()} />
  const { determination, wouldSentence } = shown.data
  const { nowFen, wouldFen, cause, from } = determination
  return (
    <div className="change-box">
      <div>
        <div className="mini">现在每月</div>
        <div className="f">{nowFen === null ? '缺标准' : money(nowFen)}</div>
      </div>
      <Icon name="go" />
      <div>
        <div className="mini">{from} 起每月</div>
        <div className="f">{wouldFen === null ? '缺标准' : money(wouldFen)}</div>
      </div>
      <p className="sentence">
        {cause}。{wouldSentence}
      </p>
    </div>
  )
}
