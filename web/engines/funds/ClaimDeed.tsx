import { useState } from 'react'
import { answerWriteOffEndpoint, type ClaimShown } from '../../../server/engines/funds/claim-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { Act } from '../../ui/Act.tsx'
import { Drawer } from '../../ui/Ask.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { day, money } from '../../ui/format.ts'
import { Refused } from './ClaimRefused.tsx'
import { ClaimForm, type Deed } from './ClaimForms.tsx'

const DEEDS = { decide: '决定追回', receipt: '登记退款', offset: '抵扣', writeOff: '提出核销' } as const

/** One claim and what may be done with it. */
export function ClaimDeed({ claim, onClose }: { claim: ClaimShown; onClose: () => void }) {
  const { may, decidedAt } = claim
  const can: Readonly<Record<Deed, boolean>> = {
    ...{ decide: may.decide, receipt: may.addReceipt, offset: may.offset, writeOff: may.writeOff },
  }
  // A write-off that waits for this signature comes first: one main act at a time.
  const isAsked = claim.writeOff?.mayAnswer === true
  const open = isAsked ? [] : (Object.keys(DEEDS) as Deed[]).filter((deed) => can[deed])
  const first = decidedAt !== null && open.includes('receipt') ? 'receipt' : open[0]
  const [chosen, setChosen] = useState<Deed>()
  const deed = chosen ?? first
  const choices = Object.fromEntries(open.map((each) => [each, DEEDS[each]])) as Record<Deed, string>
  return (
    <Drawer
      title={`${claim.fullName ?? '应追回款'} ${claim.programTitle ?? ''} ${claim.forMonth}`}
      aside={<span className="ink2">尚欠 {money(claim.openFen)} 元</span>}
      onClose={onClose}
    >
      <div className="pad">
        <Facts claim={claim} />
        {claim.writeOff && <WriteOff writeOff={claim.writeOff} />}
        {claim.status === 'open' && open.length > 0 && (
          <Choice label="办什么" value={deed ?? 'decide'} choices={choices} onChoose={setChosen} />
        )}
        {deed && open.includes(deed) && <ClaimForm key={deed} deed={deed} claim={claim} />}
        {claim.status === 'open' && open.length === 0 && !claim.writeOff && (
          <p className="notice">
            {decidedAt === null
              ? '先由资金负责人作出追回决定，再由资金经办登记退款或抵扣。'
              : '退款、抵扣和核销由资金经办登记；您的岗位没有这项权限。'}
          </p>
        )}
      </div>
    </Drawer>
  )
}

function Facts({ claim }: { claim: ClaimShown }) {
  const { openedFen, openFen, openedAt, decision, decidedBy, decidedAt, closedAt, closedBecause } = claim
  return (
    <dl className="kv">
      <dt>多发</dt>
      <dd>
        {money(openedFen)} 元，{day(openedAt)} 重算时发现
      </dd>
      <dt>尚欠</dt>
      <dd>
        <b>{money(openFen)} 元</b>
      </dd>
      <dt>追回决定</dt>
      <dd>{decidedAt === null ? '还没有' : `${decision ?? ''}，${decidedBy ?? ''} ${day(decidedAt)}`}</dd>
      {closedAt !== null && (
        <>
          <dt>结清</dt>
          <dd>
            {day(closedAt)}，{closedBecause}
          </dd>
        </>
      )}
    </dl>
  )
}

/** The second signature under a write-off. */
function WriteOff({ writeOff }: { writeOff: NonNullable<ClaimShown['writeOff']> }) {
  const { county } = useAsker()
  const answer = useCommand(answerWriteOffEndpoint)
  const { id, fen, clause, proposedBy, mayAnswer } = writeOff
  const send = (agrees: boolean) => answer.mutate({ county, writeOffId: id, agrees })
  return (
    <section className="sumbox stack">
      <p>
        {proposedBy} 提出核销 <b>{money(fen)} 元</b>，依据：{clause}
      </p>
      <Refused error={answer.error} />
      {mayAnswer ? (
        <div className="hs">
          <Act title="同意核销" isMain isBusy={answer.isPending} onPress={() => send(true)} />
          <Act title="不同意" isBusy={answer.isPending} onPress={() => send(false)} />
        </div>
      ) : (
        <p className="mini">要由没有提出它、有复核核销权限的负责人复核。</p>
      )}
    </section>
  )
}
