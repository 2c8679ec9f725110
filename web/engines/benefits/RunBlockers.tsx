import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { answerFindingEndpoint } from '../../../server/engines/benefits/run-step.schema.ts'
import type { RunShown } from '../../../server/engines/benefits/run-view.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { PersonName } from '../../app/PersonName.tsx'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { count, signedMoney } from '../../ui/format.ts'
import { Mark } from '../../ui/Icon.tsx'

type Blocker = RunShown['blockers'][number]

/** What stands in the way of approval, and the way out of each. */
export function RunBlockers({ shown }: { shown: RunShown }) {
  const { run, blockers, blockerCounts, may } = shown
  const [answering, setAnswering] = useState<Blocker>()
  const all = blockerCounts.reduce((sum, each) => sum + each.count, 0)
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>{all === 0 ? '没有待处理的事项' : `待处理 ${count(all)} 项，处理完才能审批`}</h2>
      </header>
      {all === 0 && <p className="pad ink2">没有未经认定的追回、缺少的标准和无故的中断。停发都有事由。</p>}
      {all > 0 && (
        <table className="tbl">
          <caption className="hidden">待处理的事项，按原因</caption>
          <thead>
            <tr>
              <th scope="col">谁</th>
              <th scope="col">项目</th>
              <th scope="col">月份</th>
              <th scope="col" className="r">
                金额（元）
              </th>
              <th scope="col">办到哪一步</th>
            </tr>
          </thead>
          {blockerCounts.map((kind) => (
            <tbody key={kind.kind}>
              <tr className="group">
                <th scope="rowgroup" colSpan={5} className="wrap">
                  <div className="hs">
                    <span className="bad">
                      <Mark name="bang" />
                    </span>
                    <span>
                      {kind.title} <i>{count(kind.count)}</i>
                    </span>
                  </div>
                  <div className="mini">{kind.remedy}</div>
                </th>
              </tr>
              {blockers
                .filter((blocker) => blocker.kind === kind.kind)
                .map((blocker) => (
                  <Row
                    key={blocker.no}
                    blocker={blocker}
                    onAnswer={blocker.isAnswerable && may.answer ? () => setAnswering(blocker) : undefined}
                  />
                ))}
            </tbody>
          ))}
        </table>
      )}
      {all > blockers.length && <p className="pad mini">只列出前 {blockers.length} 项。</p>}
      {answering && <Answer runNo={run.no} blocker={answering} onClose={() => setAnswering(undefined)} />}
    </section>
  )
}

function Row({ blocker, onAnswer }: { blocker: Blocker; onAnswer: (() => void) | undefined }) {
  const { people, programTitle, forMonth, fen } = blocker
  const [first] = people
  return (
    <tr>
      <td className="wrap who">
        {first ? <PersonName id={first.id} fullName={first.fullName} /> : '—'}
        {people.length > 1 && <span className="mini"> 等 {people.length} 人</span>}
      </td>
      <td className="wrap">{programTitle}</td>
      <td>{forMonth ?? '—'}</td>
      <td className="r">{fen === null ? '—' : signedMoney(fen)}</td>
      <td className="wrap">
        {onAnswer && (
          <button className="btn btn-s" type="button" onClick={onAnswer}>
            写明理由
          </button>
        )}
        <Corrections blocker={blocker} />
      </td>
    </tr>
  )
}

const STATES = { none: '提出更正', proposed: '等另一人决定', decided: '已决定，重新核算即可' } as const

/** The way to what two people would have to decide so that the recovery may be written. */
function Corrections({ blocker: { corrections } }: { blocker: Blocker }) {
  const { mayDo } = useAsker()
  return corrections.map(({ kind, subject, status }) =>
    status === 'none' && mayDo('benefits.correction.propose') ? (
      <Link key={`${kind}${subject}`} className="btn btn-s" to="/corrections" search={{ kind, subject }}>
        {STATES.none}
      </Link>
    ) : (
      <span key={`${kind}${subject}`} className="mini">
        {status === 'none' ? '等经办提出更正' : STATES[status]}
      </span>
    ),
  )
}

const SAID = statesBy<{ answer: string }>({ answer: '理由' })

interface AnswerProps {
  runNo: number
  blocker: Blocker
  onClose: () => void
}

function Answer({ runNo, blocker, onClose }: AnswerProps) {
  const { county } = useAsker()
  const form = useKept('run.answer', { answer: '' }, { subject: String(runNo), states: SAID })
  const { answer } = form.value
  const send = useCommand(answerFindingEndpoint, onClose, form)
  return (
    <Confirm
      title={`写明理由：${blocker.title}`}
      verb="记下理由"
      onAct={() => send.mutate({ county, runNo, kind: 'too_many_corrections', answer: answer.trim() })}
      onClose={onClose}
      isBusy={send.isPending}
      missing={answer.trim() === '' ? '请写明理由' : undefined}
      error={send.error}
      form={form}
    >
      <p className="ink2">{blocker.remedy}</p>
      <TextBox label="理由，会留在审计里" value={answer} onChange={(text) => form.set({ answer: text })} />
    </Confirm>
  )
}
