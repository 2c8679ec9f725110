import { useState } from 'react'
import {
  approveRunEndpoint,
  cancelRunEndpoint,
  checkRunEndpoint,
  publishRunEndpoint,
  rejectRunEndpoint,
} from '../../../server/engines/benefits/run-step.schema.ts'
import { type RunShown } from '../../../server/engines/benefits/run-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { Gates, Hand, type Gate } from '../../ui/Signing.tsx'
import { count } from '../../ui/format.ts'
import { barsOf, unexplained } from './run-bars.ts'

const VERBS = { check: '复核通过', approve: '审批通过', publish: '发布', cancel: '撤销发布' } as const
type Verb = keyof typeof VERBS

/** Who did what, what holds, and the next act; what cannot be done says why. */
export function RunSign({ shown }: { shown: RunShown }) {
  const { county } = useAsker()
  const [typed, setTyped] = useState('')
  const [isRejecting, setRejecting] = useState(false)
  const [isCancelling, setCancelling] = useState(false)
  const { run, may, pending, failure, rejection } = shown
  const done = () => {
    setTyped('')
    setCancelling(false)
  }
  const acts = {
    check: useCommand(checkRunEndpoint, done),
    approve: useCommand(approveRunEndpoint, done),
    publish: useCommand(publishRunEndpoint, done),
    cancel: useCommand(cancelRunEndpoint, done),
  }
  const verb = (['check', 'approve', 'publish'] as const).find((each) => may[each])
  // A head-count typed by hand before the signature that lets money go.
  const wanted = verb === 'approve' ? String(run.lines ?? 0) : undefined
  const isTyped = wanted === undefined || typed.replace(/\D/g, '') === wanted
  const act = (each: Verb) => {
    if (!acts[each].isPending) acts[each].mutate({ county, runNo: run.no })
  }
  const actNow = () => verb && isTyped && act(verb)
  useKeys({ F8: actNow, R: may.reject ? () => setRejecting(true) : undefined })
  const refused = Object.values(acts).find(({ error }) => error)?.error
  return (
    <footer className="sign" aria-label="签署">
      <Hands shown={shown} />
      {run.totalFen !== null && <Gates gates={gatesOf(shown)} />}
      <span className="grow" />
      <div className="sign-say" aria-live="polite">
        {pending && <span>“{pending.title}”已提交，后台正在办，可以离开</span>}
        {!pending && failure && <span className="bad">{failure.message}</span>}
        {rejection && <span>退回原因：{rejection.reason}</span>}
        {refused && (
          <span className="bad" role="alert">
            {refused.message}
          </span>
        )}
        {!verb && !pending && <span className="ink2">{whyNot(shown)}</span>}
      </div>
      {may.cancel && (
        <button className="btn" type="button" onClick={() => setCancelling(true)}>
          撤销发布
        </button>
      )}
      {may.reject && (
        <button className="btn" type="button" onClick={() => setRejecting(true)}>
          退回 <kbd>R</kbd>
        </button>
      )}
      {wanted !== undefined && (
        <label className="type">
          输入笔数 {count(Number(wanted))} 确认
          <input
            className="field"
            inputMode="numeric"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && actNow()}
          />
        </label>
      )}
      {verb && (
        <button className="btn btn-1" type="button" aria-disabled={!isTyped} onClick={actNow}>
          {acts[verb].isPending ? '正在提交…' : VERBS[verb]} <kbd>F8</kbd>
        </button>
      )}
      {isRejecting && <Reject runNo={run.no} onClose={() => setRejecting(false)} />}
      {isCancelling && (
        <Confirm
          title="撤销这次发布？"
          verb="撤销发布"
          onAct={() => act('cancel')}
          onClose={() => setCancelling(false)}
          isBusy={acts.cancel.isPending}
          error={acts.cancel.error}
        >
          <p>只有最近一次发布、且没有一笔进入发放批次的核算可以撤销。撤销后这个月要重新核算。</p>
        </Confirm>
      )}
    </footer>
  )
}

function Hands({ shown: { people, run } }: { shown: RunShown }) {
  const hands = [
    { title: '经办', name: people.startedBy, isDone: true },
    { title: '复核', name: people.checkedBy, isDone: people.checkedBy !== null },
    { title: '审批', name: people.approvedBy, isDone: people.approvedBy !== null },
  ]
  return hands.map(({ title, name, isDone }) => (
    <Hand
      key={title}
      title={title}
      isDone={isDone}
      note={name ?? (run.status === 'rejected' ? '未办' : '待办')}
    />
  ))
}

function gatesOf({ total, run, blockerCounts, funds }: RunShown): Gate[] {
  const gates = [
    { title: '差额都说得清', isOpen: unexplained(barsOf(total, run.totalFen ?? 0)) === 0 },
    { title: '待处理已清', isOpen: blockerCounts.length === 0 },
    ...(funds ? [{ title: '资金够', isOpen: funds.sources.length > 0 && funds.short.length === 0 }] : []),
  ]
  return gates.map((gate) => ({ ...gate, isWrong: !gate.isOpen }))
}

/** Why nothing can be done here by this person now. */
function whyNot({ run, blockerCounts }: RunShown): string {
  switch (run.status) {
    case 'computing':
      return '算完以后由另一位同事复核'
    case 'computed':
      return '要由没有发起这次核算、有复核权限的人复核'
    case 'checked':
      return blockerCounts.length > 0
        ? '先处理上面的待处理事项，再由另一位负责人审批'
        : '要由没有发起或复核这次核算的负责人审批'
    case 'approved':
      return '等经办发布'
    case 'published':
      return '已发布，金额已记入应付'
    case 'rejected':
      return '已退回，请重新开始一次核算'
    case 'cancelled':
      return '已撤销，请重新开始一次核算'
  }
}

const SAID = statesBy<{ reason: string }>({ reason: '退回原因' })

interface RejectProps {
  runNo: number
  onClose: () => void
}

function Reject({ runNo, onClose }: RejectProps) {
  const { county } = useAsker()
  const form = useKept('run.reject', { reason: '' }, { subject: String(runNo), states: SAID })
  const { reason } = form.value
  const reject = useCommand(rejectRunEndpoint, onClose, form)
  return (
    <Confirm
      title="退回这次核算"
      verb="退回"
      onAct={() => reject.mutate({ county, runNo, reason: reason.trim() })}
      onClose={onClose}
      isBusy={reject.isPending}
      missing={reason.trim() === '' ? '请写明原因' : undefined}
      error={reject.error}
      form={form}
    >
      <TextBox
        label="为什么退回，经办会看到"
        value={reason}
        onChange={(text) => form.set({ reason: text })}
      />
    </Confirm>
  )
}
