import { useState } from 'react'
import {
  addReceiptEndpoint,
  decideClaimEndpoint,
  offsetClaimEndpoint,
  proposeWriteOffEndpoint,
  type ClaimShown,
} from '../../../server/engines/funds/claim-view.schema.ts'
import { useCommand, type Refusal } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { useToday } from '../../app/known-day.ts'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { Field, TextBox } from '../../ui/Field.tsx'
import { fenOf, money } from '../../ui/format.ts'
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
  onAct: () => void
}

function Submit({ title, isBusy, error, missing, onAct }: SubmitProps) {
  useKeys({ F8: missing === undefined && !isBusy ? onAct : undefined })
  return (
    <>
      <Refused error={error} />
      <div className="hs">
        <Act title={title} hotkey="F8" isMain isBusy={isBusy} reason={missing} onPress={onAct} />
      </div>
    </>
  )
}

function Decide({ claim }: { claim: ClaimShown }) {
  const { county } = useAsker()
  const [decision, setDecision] = useState('')
  const decide = useCommand(decideClaimEndpoint)
  return (
    <>
      <TextBox
        label="追回决定"
        value={decision}
        note="写明向谁、追回多少、怎样追回、依据哪一条"
        onChange={setDecision}
      />
      <Submit
        title="决定追回"
        isBusy={decide.isPending}
        error={decide.error}
        missing={decision.trim().length < 2 ? '先写决定' : undefined}
        onAct={() => decide.mutate({ county, claimId: claim.id, decision: decision.trim() })}
      />
    </>
  )
}

function Receipt({ claim }: { claim: ClaimShown }) {
  const { county } = useAsker()
  const today = useToday() ?? ''
  const [typed, setTyped] = useState({ amount: '', on: '', paper: '' })
  const receivedOn = typed.on || today
  const fen = fenOf(typed.amount)
  const add = useCommand(addReceiptEndpoint)
  return (
    <>
      <AmountOf claim={claim} amount={typed.amount} onChange={(amount) => setTyped({ ...typed, amount })} />
      <Field label="哪天收到" type="date" value={receivedOn} onChange={(on) => setTyped({ ...typed, on })} />
      <Field
        label="凭据：进账单或收据号"
        value={typed.paper}
        onChange={(paper) => setTyped({ ...typed, paper })}
      />
      <Submit
        title="登记退款"
        isBusy={add.isPending}
        error={add.error}
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

function Offset({ claim }: { claim: ClaimShown }) {
  const { county } = useAsker()
  const [where, setWhere] = useState<keyof typeof WHERE>('same')
  const [basis, setBasis] = useState<keyof typeof BASES>('consent')
  const [typed, setTyped] = useState({ amount: '', month: '', award: '', evidence: '' })
  const change = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part })
  const fen = fenOf(typed.amount)
  const toAward = where === 'same' ? claim.awardId : typed.award.trim()
  const offset = useCommand(offsetClaimEndpoint)
  const missing =
    amountProblem(fen, claim) ??
    (typed.month === '' ? '先选从哪个月的款项里扣' : undefined) ??
    (/^[0-9a-f-]{36}$/.test(toAward) ? undefined : '先填待遇编号') ??
    (typed.evidence.trim().length < 2 ? '先填凭据' : undefined)
  return (
    <>
      <Choice label="从哪里扣" value={where} choices={WHERE} onChoose={setWhere} />
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
      <Choice label="凭什么" value={basis} choices={BASES} onChoose={setBasis} />
      <Field
        label={basis === 'consent' ? '同意书的编号或名称' : '哪个文件哪一条'}
        value={typed.evidence}
        onChange={(evidence) => change({ evidence })}
      />
      <Submit
        title="抵扣"
        isBusy={offset.isPending}
        error={offset.error}
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

function ProposeWriteOff({ claim }: { claim: ClaimShown }) {
  const { county } = useAsker()
  const [typed, setTyped] = useState({ amount: '', clause: '' })
  const fen = fenOf(typed.amount)
  const propose = useCommand(proposeWriteOffEndpoint)
  return (
    <>
      <AmountOf claim={claim} amount={typed.amount} onChange={(amount) => setTyped({ ...typed, amount })} />
      <TextBox
        label="依据哪一条"
        value={typed.clause}
        note="由另一位负责人复核后才核销"
        onChange={(clause) => setTyped({ ...typed, clause })}
      />
      <Submit
        title="提出核销"
        isBusy={propose.isPending}
        error={propose.error}
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
  const fen = fenOf(amount)
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
