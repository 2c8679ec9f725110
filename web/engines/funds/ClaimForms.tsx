import {
  addReceiptEndpoint,
  decideClaimEndpoint,
  offsetClaimEndpoint,
  proposeWriteOffEndpoint,
  type ClaimShown,
} from '../../../server/engines/funds/claim-view.schema.ts'
import { useCommand, type Refusal } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useKeys } from '../../app/keys.ts'
import { useToday } from '../../app/known-day.ts'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { Field, TextBox } from '../../ui/Field.tsx'
import { money } from '../../ui/format.ts'
import { KeptAt, KeptNotice, type KeptShown } from '../../ui/KeptNotice.tsx'
import { yuanOf } from '../../ui/yuan.ts'
import { Refused } from './ClaimRefused.tsx'

export type Deed = 'decide' | 'receipt' | 'offset' | 'writeOff'

/** What is filled in for one act on a claim. */
export function ClaimForm({ deed, claim }: { deed: Deed; claim: ClaimShown }) {
  switch (deed) {
    case 'decide':
      return <Decide claim={claim} />
    case 'receipt':
      return <Receipt claim={claim} />
    case 'offset':
      return <Offset claim={claim} />
    case 'writeOff':
      return <ProposeWriteOff claim={claim} />
  }
}

interface SubmitProps {
  title: string
  isBusy: boolean
  error: Refusal | null
  missing: string | undefined
  form: KeptShown
  onAct: () => void
}

function Submit({ title, isBusy, error, missing, form, onAct }: SubmitProps) {
  useKeys({ F8: missing === undefined && !isBusy ? onAct : undefined })
  return (
    <>
      <Refused error={error} />
      <div className="hs">
        <Act title={title} hotkey="F8" isMain isBusy={isBusy} reason={missing} onPress={onAct} />
        <KeptAt form={form} />
      </div>
    </>
  )
}

const DECISION_SAID = statesBy<{ decision: string }>({ decision: '追回决定' })

function Decide({ claim }: { claim: ClaimShown }) {
  const { county } = useAsker()
  const form = useKept('claim.decide', { decision: '' }, { subject: claim.id, states: DECISION_SAID })
  const { decision } = form.value
  const decide = useCommand(decideClaimEndpoint, undefined, form)
  return (
    <>
      <KeptNotice form={form} />
      <TextBox
        label="追回决定"
        value={decision}
        note="写明向谁、追回多少、怎样追回、依据哪一条"
        onChange={(text) => form.set({ decision: text })}
      />
      <Submit
        title="决定追回"
        isBusy={decide.isPending}
        error={decide.error}
        form={form}
        missing={decision.trim().length < 2 ? '先写决定' : undefined}
        onAct={() => decide.mutate({ county, claimId: claim.id, decision: decision.trim() })}
      />
    </>
  )
}

const RECEIPT = { amount: '', on: '', paper: '' }
const RECEIPT_SAID = statesBy<typeof RECEIPT>({ amount: '金额', on: '哪天收到', paper: '凭据' })

function Receipt({ claim }: { claim: ClaimShown }) {
  const { county } = useAsker()
  const today = useToday() ?? ''
  const form = useKept('claim.receipt', RECEIPT, { subject: claim.id, states: RECEIPT_SAID })
  const typed = form.value
  const receivedOn = typed.on || today
  const fen = yuanOf(typed.amount)
  const add = useCommand(addReceiptEndpoint, undefined, form)
  return (
    <>
      <KeptNotice form={form} />
      <AmountOf claim={claim} amount={typed.amount} onChange={(amount) => form.set({ amount })} />
      <Field label="哪天收到" type="date" value={receivedOn} onChange={(on) => form.set({ on })} />
      <Field label="凭据：进账单或收据号" value={typed.paper} onChange={(paper) => form.set({ paper })} />
      <Submit
        title="登记退款"
        isBusy={add.isPending}
        error={add.error}
        form={form}
        missing={amountProblem(fen, claim) ?? (typed.paper.trim().length < 2 ? '先填凭据' : undefined)}
        onAct={() =>
          add.mutate({ county, claimId: claim.id, fen: fen ?? 0, receivedOn, paper: typed.paper.trim() })
        }
      />
    </>
  )
}

const BASES = { consent: '本人书面同意', clause: '条款规定' } as const
const WHERE = { same: '同一笔待遇', other: '另一笔待遇' } as const

interface OffsetTyped {
  where: keyof typeof WHERE
  basis: keyof typeof BASES
  amount: string
  month: string
  award: string
  evidence: string
}

const OFFSET: OffsetTyped = {
  ...{ where: 'same', basis: 'consent', amount: '', month: '', award: '', evidence: '' },
}
const OFFSET_SAID = statesBy<OffsetTyped>({
  ...{ where: ['从哪里扣', WHERE], award: '另一笔待遇', month: '哪个月', amount: '金额' },
  ...{ basis: ['凭什么', BASES], evidence: '凭据' },
})

function Offset({ claim }: { claim: ClaimShown }) {
  const { county } = useAsker()
  const form = useKept('claim.offset', OFFSET, { subject: claim.id, states: OFFSET_SAID })
  const typed = form.value
  const { where, basis } = typed
  const change = form.set
  const fen = yuanOf(typed.amount)
  const toAward = where === 'same' ? claim.awardId : typed.award.trim()
  const offset = useCommand(offsetClaimEndpoint, undefined, form)
  const missing =
    amountProblem(fen, claim) ??
    (typed.month === '' ? '先选从哪个月的款项里扣' : undefined) ??
    (/^[0-9a-f-]{36}$/.test(toAward) ? undefined : '先填待遇编号') ??
    (typed.evidence.trim().length < 2 ? '先填凭据' : undefined)
  return (
    <>
      <KeptNotice form={form} />
      <Choice
        label="从哪里扣"
        value={where}
        choices={WHERE}
        onChoose={(chosen) => change({ where: chosen })}
      />
      {where === 'other' && (
        <Field
          label="另一笔待遇的编号"
          value={typed.award}
          note="同月份的补发会自动抵扣，不必在这里办"
          onChange={(award) => change({ award })}
        />
      )}
      <Field label="哪个月的款项" type="month" value={typed.month} onChange={(month) => change({ month })} />
      <AmountOf claim={claim} amount={typed.amount} onChange={(amount) => change({ amount })} />
      <Choice label="凭什么" value={basis} choices={BASES} onChoose={(chosen) => change({ basis: chosen })} />
      <Field
        label={basis === 'consent' ? '同意书的编号或名称' : '哪个文件哪一条'}
        value={typed.evidence}
        onChange={(evidence) => change({ evidence })}
      />
      <Submit
        title="抵扣"
        isBusy={offset.isPending}
        error={offset.error}
        form={form}
        missing={missing}
        onAct={() =>
          offset.mutate({
            ...{ county, claimId: claim.id, toAward, toMonth: typed.month },
            ...{ fen: fen ?? 0, basis, evidence: typed.evidence.trim() },
          })
        }
      />
    </>
  )
}

const WRITE_OFF = { amount: '', clause: '' }
const WRITE_OFF_SAID = statesBy<typeof WRITE_OFF>({ amount: '金额', clause: '依据' })

function ProposeWriteOff({ claim }: { claim: ClaimShown }) {
  const { county } = useAsker()
  const form = useKept('claim.write_off', WRITE_OFF, { subject: claim.id, states: WRITE_OFF_SAID })
  const typed = form.value
  const fen = yuanOf(typed.amount)
  const propose = useCommand(proposeWriteOffEndpoint, undefined, form)
  return (
    <>
      <KeptNotice form={form} />
      <AmountOf claim={claim} amount={typed.amount} onChange={(amount) => form.set({ amount })} />
      <TextBox
        label="依据哪一条"
        value={typed.clause}
        note="由另一位负责人复核后才核销"
        onChange={(clause) => form.set({ clause })}
      />
      <Submit
        title="提出核销"
        isBusy={propose.isPending}
        error={propose.error}
        form={form}
        missing={amountProblem(fen, claim) ?? (typed.clause.trim().length < 2 ? '先写依据' : undefined)}
        onAct={() =>
          propose.mutate({ county, claimId: claim.id, fen: fen ?? 0, clause: typed.clause.trim() })
        }
      />
    </>
  )
}

interface AmountOfProps {
  claim: ClaimShown
  amount: string
  onChange: (amount: string) => void
}

function AmountOf({ claim, amount, onChange }: AmountOfProps) {
  const fen = yuanOf(amount)
  return (
    <Field
      label="金额（元）"
      value={amount}
      isNumber
      isInvalid={amount !== '' && amountProblem(fen, claim) !== undefined}
      note={`最多 ${money(claim.openFen)}`}
      onChange={onChange}
    />
  )
}

function amountProblem(fen: number | undefined, { openFen }: ClaimShown): string | undefined {
  if (fen === undefined || fen === 0) return '先填金额，最多两位小数'
  return fen > openFen ? `不能超过尚欠的 ${money(openFen)} 元` : undefined
}
