import { useState } from 'react'
import {
  decideCorrectionEndpoint,
  rejectCorrectionEndpoint,
  type Correction,
} from '../../../server/engines/benefits/correction-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { minute } from '../../ui/format.ts'
import { Hand } from '../../ui/Signing.tsx'

/** Two people: one has proposed, another decides or sends it back with a reason. */
export function CorrectionSign({ correction }: { correction: Correction }) {
  const { county } = useAsker()
  const [isRejecting, setRejecting] = useState(false)
  const { id, may, status, madeBy, madeAt, checkedBy, recordedAt } = correction
  const decide = useCommand(decideCorrectionEndpoint)
  const decideNow = () => {
    if (may.decide && !decide.isPending) decide.mutate({ county, correctionId: id })
  }
  const reject = () => setRejecting(true)
  useKeys({ F8: decideNow, R: may.decide ? reject : undefined })
  return (
    <footer className="sign" aria-label="签署">
      <Hand title="提出" note={`${madeBy ?? '同事'} ${minute(madeAt)}`} isDone />
      <Hand
        title="决定"
        isDone={status === 'decided'}
        note={status === 'proposed' ? '待办' : `${checkedBy ?? '同事'} ${minute(recordedAt ?? '')}`}
      />
      <span className="grow" />
      <div className="sign-say" aria-live="polite">
        {decide.error ? (
          <span className="bad" role="alert">
            {decide.error.message}
          </span>
        ) : (
          <span className="ink2">{sayOf(correction)}</span>
        )}
      </div>
      {may.decide && (
        <>
          <button className="btn" type="button" onClick={reject}>
            退回 <kbd>R</kbd>
          </button>
          <button className="btn btn-1" type="button" onClick={decideNow}>
            {decide.isPending ? '正在提交…' : '决定更正'} <kbd>F8</kbd>
          </button>
        </>
      )}
      {isRejecting && <Reject correctionId={id} onClose={() => setRejecting(false)} />}
    </footer>
  )
}

function sayOf({ status, may, rejectedWhy }: Correction): string {
  if (status === 'decided') return '已决定：此后开始的核算可以写入追回'
  if (status === 'rejected') return `已退回：${rejectedWhy ?? ''}`
  return may.decide ? '决定后，退回正在等的那次核算，重新开始' : '要由没有提出它、有审批权限的人决定'
}

const SAID = statesBy<{ why: string }>({ why: '退回原因' })

function Reject({ correctionId, onClose }: { correctionId: string; onClose: () => void }) {
  const { county } = useAsker()
  const form = useKept('correction.reject', { why: '' }, { subject: correctionId, states: SAID })
  const { why } = form.value
  const reject = useCommand(rejectCorrectionEndpoint, onClose, form)
  return (
    <Confirm
      title="退回这份更正"
      verb="退回"
      onAct={() => reject.mutate({ county, correctionId, why: why.trim() })}
      onClose={onClose}
      isBusy={reject.isPending}
      missing={why.trim() === '' ? '请写明原因' : undefined}
      error={reject.error}
      form={form}
    >
      <TextBox label="为什么不同意，提出人会看到" value={why} onChange={(text) => form.set({ why: text })} />
    </Confirm>
  )
}
