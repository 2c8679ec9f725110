import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import {
  checkDeterminationsEndpoint,
  refuseDeterminationEndpoint,
  undoDeterminationEndpoint,
  withdrawDeterminationEndpoint,
  type Determination,
} from '../../../server/engines/benefits/determination-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { useAsker } from '../../app/session.tsx'
import { Ask } from '../../ui/Ask.tsx'
import { KeptAt, KeptNotice } from '../../ui/KeptNotice.tsx'

const ASKED = {
  refuse: { title: '退回这份认定', label: '为什么退回，提出人会看到', verb: '退回' },
  withdraw: { title: '撤回这份认定', label: '为什么撤回', verb: '撤回' },
  undo: { title: '撤销已生效的认定', label: '为什么撤销', verb: '撤销' },
} as const
type Asking = keyof typeof ASKED

const SAID = statesBy<{ why: string; clause: string }>({ why: '原因', clause: '依据条款' })

interface ActsProps {
  determination: Determination
  /** F8 is the batch's while rows are ticked. */
  hasKeys?: boolean
  onDone?: () => void
}

/** What the reader may do about it; what they may not says why. */
export function DeterminationActs({ determination, hasKeys = true, onDone }: ActsProps) {
  const { county } = useAsker()
  const { id, may, mayNot, status, awardId, version } = determination
  const [asking, setAsking] = useState<Asking>()
  const check = useCommand(checkDeterminationsEndpoint, () => onDone?.())
  const checkNow = may.check
    ? () => !check.isPending && check.mutate({ county, ids: [id], versions: { [id]: version } })
    : undefined
  useKeys(
    hasKeys
      ? { F8: checkNow && (() => void checkNow()), R: may.refuse ? () => setAsking('refuse') : undefined }
      : {},
  )
  return (
    <div className="desk-acts" aria-live="polite">
      {check.error && (
        <p className="notice notice-bad" role="alert">
          {check.error.message}
        </p>
      )}
      {mayNot && <p className="ink2">不能复核：{mayNot}</p>}
      {may.check && (
        <button className="btn btn-1" type="button" onClick={checkNow}>
          {check.isPending ? '正在提交…' : '复核通过'} {hasKeys && <kbd>F8</kbd>}
        </button>
      )}
      {may.refuse && (
        <button className="btn" type="button" onClick={() => setAsking('refuse')}>
          退回 {hasKeys && <kbd>R</kbd>}
        </button>
      )}
      {may.edit && (
        <Link className="btn" to="/determinations/$id/edit" params={{ id }}>
          修改
        </Link>
      )}
      {may.withdraw && (
        <button className="btn" type="button" onClick={() => setAsking('withdraw')}>
          撤回
        </button>
      )}
      {may.undo && (
        <button className="btn" type="button" onClick={() => setAsking('undo')}>
          撤销
        </button>
      )}
      {status === 'refused' && <Again id={id} awardId={awardId} />}
      <Link to="/awards/$awardId" params={{ awardId }}>
        看这项待遇
      </Link>
      {asking && <Reasoned id={id} asking={asking} onClose={() => setAsking(undefined)} onDone={onDone} />}
    </div>
  )
}

/** With what it said: nothing is typed twice. */
function Again({ id, awardId }: { id: string; awardId: string }) {
  const { mayDo } = useAsker()
  if (!mayDo('benefits.determination.propose')) return null
  return (
    <Link className="btn" to="/awards/$awardId/change" params={{ awardId }} search={{ again: id }}>
      改好重新提出
    </Link>
  )
}

interface ReasonedProps {
  id: string
  asking: Asking
  onClose: () => void
  onDone: (() => void) | undefined
}

function Reasoned({ id, asking, onClose, onDone }: ReasonedProps) {
  const { county } = useAsker()
  const { title, label, verb } = ASKED[asking]
  const form = useKept(`determination.${asking}`, { why: '', clause: '' }, { subject: id, states: SAID })
  const { why, clause } = form.value
  const done = () => {
    onClose()
    onDone?.()
  }
  const refuse = useCommand(refuseDeterminationEndpoint, done, form)
  const withdraw = useCommand(withdrawDeterminationEndpoint, done, form)
  const undo = useCommand(undoDeterminationEndpoint, done, form)
  const said = why.trim()
  const problem = problemOf(asking, said, clause.trim())
  const isPending = refuse.isPending || withdraw.isPending || undo.isPending
  const error = refuse.error ?? withdraw.error ?? undo.error
  const send = () => {
    if (problem || isPending) return
    if (asking === 'refuse') refuse.mutate({ county, id, why: said })
    else if (asking === 'withdraw') withdraw.mutate({ county, id, why: said })
    else undo.mutate({ county, id, why: said, clause: clause.trim() })
  }
  return (
    <Ask title={title} onClose={onClose}>
      <KeptNotice form={form} />
      {asking === 'undo' && <p>撤销后回到这份认定以前的内容；已经发的月份会列出差额，补发或经决定后追回。</p>}
      <label className="labelled">
        {label}
        <textarea
          className="field"
          rows={4}
          value={why}
          onChange={(event) => form.set({ why: event.target.value })}
        />
      </label>
      {asking === 'undo' && (
        <label className="labelled">
          依据条款
          <input
            className="field"
            value={clause}
            onChange={(event) => form.set({ clause: event.target.value })}
          />
        </label>
      )}
      {error && (
        <p className="notice notice-bad" role="alert">
          {error.message}
        </p>
      )}
      <div className="dialog-acts">
        <span className="mini" aria-live="polite">
          {problem} <KeptAt form={form} />
        </span>
        <button className="btn" type="button" onClick={onClose}>
          取消
        </button>
        <button className="btn btn-1" type="button" aria-disabled={problem !== undefined} onClick={send}>
          {isPending ? '正在提交…' : verb}
        </button>
      </div>
    </Ask>
  )
}

function problemOf(asking: Asking, why: string, clause: string): string | undefined {
  if (why === '') return '先写明原因'
  return asking === 'undo' && clause === '' ? '还差依据条款' : undefined
}
