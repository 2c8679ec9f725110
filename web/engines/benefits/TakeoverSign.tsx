import { useState } from 'react'
import {
  signTakeoverEndpoint,
  withdrawTakeoverEndpoint,
  type Takeover,
  type TakeoverCheck,
} from '../../../server/engines/benefits/takeover-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { count, minute } from '../../ui/format.ts'
import { Gates, Hand } from '../../ui/Signing.tsx'

interface SignProps {
  takeover: Takeover
  checks: readonly TakeoverCheck[]
}

/** Who did what, what holds, and the signature; the head-count is typed by hand before it. */
export function TakeoverSign({ takeover, checks }: SignProps) {
  const { county } = useAsker()
  const [typed, setTyped] = useState('')
  const [isWithdrawing, setWithdrawing] = useState(false)
  const sign = useCommand(signTakeoverEndpoint, () => setTyped(''))
  const { id, may, awards, status } = takeover
  const isSound = checks.every(({ state }) => state !== 'bad')
  const isTyped = typed.replace(/\D/g, '') === String(awards)
  const signNow = () => {
    if (may.sign && isSound && isTyped && !sign.isPending) sign.mutate({ county, takeoverId: id })
  }
  const withdraw = () => setWithdrawing(true)
  useKeys({ F8: signNow, R: may.withdraw ? withdraw : undefined })
  return (
    <footer className="sign" aria-label="签署">
      <Hand title="提出" note={`${takeover.madeBy ?? '同事'} ${minute(takeover.madeAt)}`} isDone />
      <Hand
        title="签字"
        isDone={status === 'signed'}
        note={
          status === 'signed' ? `${takeover.signedBy ?? '同事'} ${minute(takeover.signedAt ?? '')}` : '待办'
        }
      />
      {checks.length > 0 && (
        <Gates gates={[{ title: '核对没有不对的', isOpen: isSound, isWrong: !isSound }]} />
      )}
      <span className="grow" />
      <div className="sign-say" aria-live="polite">
        {sign.error ? (
          <span className="bad" role="alert">
            {sign.error.message}
          </span>
        ) : (
          <span className="ink2">{sayOf(takeover, isSound)}</span>
        )}
      </div>
      {may.withdraw && (
        <button className="btn" type="button" onClick={withdraw}>
          撤回 <kbd>R</kbd>
        </button>
      )}
      {may.sign && (
        <>
          <label className="type">
            输入户（人）数 {count(awards)} 确认
            <input
              className="field"
              inputMode="numeric"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => event.key === 'Enter' && signNow()}
            />
          </label>
          <button className="btn btn-1" type="button" aria-disabled={!isTyped || !isSound} onClick={signNow}>
            {sign.isPending ? '正在签字…' : '签字'} <kbd>F8</kbd>
          </button>
        </>
      )}
      {isWithdrawing && <Withdraw takeoverId={id} onClose={() => setWithdrawing(false)} />}
    </footer>
  )
}

function sayOf({ status, may, withdrawnBy, withdrawnWhy }: Takeover, isSound: boolean): string {
  if (status === 'signed') return '已签字，各户（人）从起始月起发放'
  if (status === 'withdrawn') return `${withdrawnBy ?? '同事'}撤回：${withdrawnWhy ?? ''}`
  if (!may.sign) return '要由没有提出它、有签字权限的人签字'
  return isSound ? '签字后成为待遇，不能再撤回' : '核对有不对的，请撤回改好后重新提出'
}

const SAID = statesBy<{ why: string }>({ why: '撤回原因' })

function Withdraw({ takeoverId, onClose }: { takeoverId: string; onClose: () => void }) {
  const { county } = useAsker()
  const form = useKept('takeover.withdraw', { why: '' }, { subject: takeoverId, states: SAID })
  const { why } = form.value
  const withdraw = useCommand(withdrawTakeoverEndpoint, onClose, form)
  return (
    <Confirm
      title="撤回这份迁移清单"
      verb="撤回"
      onAct={() => withdraw.mutate({ county, takeoverId, why: why.trim() })}
      onClose={onClose}
      isBusy={withdraw.isPending}
      missing={why.trim() === '' ? '请写明原因' : undefined}
      error={withdraw.error}
      form={form}
    >
      <TextBox label="为什么撤回，提出人会看到" value={why} onChange={(text) => form.set({ why: text })} />
    </Confirm>
  )
}
