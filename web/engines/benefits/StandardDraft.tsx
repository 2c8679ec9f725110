import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import {
  publishStandardsEndpoint,
  withdrawStandardsEndpoint,
  type Draft,
} from '../../../server/engines/benefits/standard.schema.ts'
import { useCommand } from '../../app/api.ts'
import { statesBy, useKept } from '../../app/kept.ts'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { minute } from '../../ui/format.ts'

/** New standards or settings that wait for a second person. */
export function StandardDraft({ draft }: { draft: Draft }) {
  const { county, mayDo } = useAsker()
  const [isAsking, setAsking] = useState<'publish' | 'withdraw'>()
  const done = () => setAsking(undefined)
  const publish = useCommand(publishStandardsEndpoint, done)
  return (
    <section className="sheet">
      <header>
        <h2>{draft.title}</h2>
        <Chip tone="wait" word="待发布" />
        <span className="mini">
          {draft.madeBy} {minute(draft.madeAt)} 提出
        </span>
        <span className="grow" />
        {mayDo('benefits.policy.preview') && (
          <Link className="btn btn-s" to="/standards/new" search={{ policy: draft.id }}>
            看试算
          </Link>
        )}
        {draft.may.withdraw && (
          <button className="btn btn-s" type="button" onClick={() => setAsking('withdraw')}>
            撤回
          </button>
        )}
        {draft.may.publish ? (
          <button className="btn btn-s btn-1" type="button" onClick={() => setAsking('publish')}>
            发布
          </button>
        ) : (
          <span className="mini">要由没有提出它、有发布权限的人发布</span>
        )}
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">标准</th>
            <th scope="col" className="r">
              现行
            </th>
            <th scope="col" className="r">
              新
            </th>
            <th scope="col">自</th>
            <th scope="col">依据</th>
          </tr>
        </thead>
        <tbody>
          {draft.items.map((item) => (
            <tr key={`${item.program}${item.title}${item.from}`}>
              <td>
                {item.title} <span className="mini">{item.unit}</span>
              </td>
              <td className="r">{item.nowText ?? '无'}</td>
              <td className="r">
                <b>{item.newText}</b>
              </td>
              <td>{item.from}</td>
              <td className="wrap ink2">{item.basis}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {isAsking === 'publish' && (
        <Confirm
          title={`发布“${draft.title}”？`}
          verb="发布"
          onAct={() => publish.mutate({ county, policyId: draft.id })}
          onClose={done}
          isBusy={publish.isPending}
          error={publish.error}
        >
          <p>
            发布后，下一次核算按新标准计算；生效月早于上次核算的，差额作为补发逐月列出，不会改动已发布的账。
          </p>
        </Confirm>
      )}
      {isAsking === 'withdraw' && <Withdraw draft={draft} onClose={done} />}
    </section>
  )
}

const SAID = statesBy<{ why: string }>({ why: '撤回原因' })

function Withdraw({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { county } = useAsker()
  const form = useKept('standards.withdraw', { why: '' }, { subject: draft.id, states: SAID })
  const { why } = form.value
  const withdraw = useCommand(withdrawStandardsEndpoint, onClose, form)
  return (
    <Confirm
      title={`撤回“${draft.title}”`}
      verb="撤回"
      onAct={() => withdraw.mutate({ county, policyId: draft.id, why: why.trim() })}
      onClose={onClose}
      isBusy={withdraw.isPending}
      missing={why.trim() === '' ? '先写明原因' : undefined}
      error={withdraw.error}
      form={form}
    >
      <TextBox label="为什么撤回" value={why} onChange={(text) => form.set({ why: text })} />
    </Confirm>
  )
}
