import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import { exportStandards } from '../../../server/engines/benefits/export.schema.ts'
import {
  listStandardsEndpoint,
  publishStandardsEndpoint,
  withdrawStandardsEndpoint,
  type Standard,
} from '../../../server/engines/benefits/standard.schema.ts'
import { useCommand, useEndpoint } from '../../app/api.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { statesBy, useKept } from '../../app/kept.ts'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Confirm } from '../../ui/Act.tsx'
import { Ask, Drawer } from '../../ui/Ask.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { TextBox } from '../../ui/Field.tsx'
import { minute } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'

type Draft = z.infer<typeof listStandardsEndpoint.output>['drafts'][number]
const LEVELS = { nation: '国家', province: '省', city: '市', county: '本县' } as const

/** Every standard and setting in force, with its history and where it comes from; new ones wait for a second person. */
export function StandardsPage() {
  const { county, mayDo } = useAsker()
  const [text, setText] = useState('')
  const [opened, setOpened] = useState<Standard>()
  const list = useEndpoint(listStandardsEndpoint, { county })
  const shown = (list.data?.standards ?? []).filter(
    ({ title, programTitle }) => title.includes(text) || programTitle.includes(text),
  )
  return (
    <Page
      title="标准"
      crumb="设置"
      actions={
        mayDo('benefits.policy.preview') && (
          <Link className="btn btn-1" to="/standards/new">
            试算新标准
          </Link>
        )
      }
    >
      {list.isPending && <Loading rows={12} />}
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      <div className="stack">
        {list.data?.drafts.map((draft) => (
          <Waiting key={draft.id} draft={draft} />
        ))}
        {list.data?.standards.length === 0 && (
          <Blank title="还没有标准">
            <p>从“试算新标准”录入，或由管理员用政策文件导入；都要另一人发布后才生效。</p>
          </Blank>
        )}
        {list.data && list.data.standards.length > 0 && (
          <section className="sheet scroll-x">
            <header>
              <h2>现行标准</h2>
              <span className="grow" />
              <label className="type">
                筛选
                <input
                  className="field wide"
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              </label>
              <ExportButton contract={exportStandards} />
            </header>
            <table className="tbl">
              <thead>
                <tr>
                  <th scope="col">项目</th>
                  <th scope="col">标准</th>
                  <th scope="col" className="r">
                    现行
                  </th>
                  <th scope="col">单位</th>
                  <th scope="col">自</th>
                  <th scope="col">哪一级</th>
                  <th scope="col">依据</th>
                  <th scope="col" />
                </tr>
              </thead>
              <tbody>
                {shown.map((standard) => (
                  <tr
                    key={`${standard.area}${standard.program}${standard.item}${JSON.stringify(standard.when)}`}
                  >
                    <td>{standard.programTitle}</td>
                    <td>
                      <b>{standard.title}</b>
                    </td>
                    <td className="r">{standard.now?.text ?? '未定'}</td>
                    <td className="ink2">{standard.unit}</td>
                    <td>{standard.now?.from ?? '—'}</td>
                    <td>
                      {LEVELS[standard.areaLevel]}
                      {standard.isOverridden && <span className="mini">（本县另定）</span>}
                    </td>
                    <td className="wrap ink2">{standard.now?.basis}</td>
                    <td className="r">
                      <button className="btn btn-s" type="button" onClick={() => setOpened(standard)}>
                        变化 {standard.history.length}
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {shown.length === 0 && <p className="pad ink2">没有含“{text}”的标准。</p>}
          </section>
        )}
      </div>
      {opened && <History standard={opened} onClose={() => setOpened(undefined)} />}
    </Page>
  )
}

function History({ standard, onClose }: { standard: Standard; onClose: () => void }) {
  return (
    <Drawer title={`${standard.programTitle} ${standard.title}`} onClose={onClose}>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">自</th>
            <th scope="col">至</th>
            <th scope="col" className="r">
              值
            </th>
            <th scope="col">依据</th>
            <th scope="col">提出</th>
            <th scope="col">发布</th>
          </tr>
        </thead>
        <tbody>
          {standard.history.map((each) => (
            <tr key={each.id} className={each.supersededAt ? 'dim' : ''}>
              <td>{each.from}</td>
              <td>{each.to ?? '至今'}</td>
              <td className="r">
                <b>{each.text}</b>
              </td>
              <td className="wrap">{each.basis}</td>
              <td className="wrap">
                {each.proposedBy} {minute(each.proposedAt)}
              </td>
              <td className="wrap">
                {each.publishedBy} {minute(each.recordedAt)}
                {each.supersededAt && <div className="mini">{minute(each.supersededAt)} 被后来的取代</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Drawer>
  )
}

function Waiting({ draft }: { draft: Draft }) {
  const { county } = useAsker()
  const [isAsking, setAsking] = useState<'publish' | 'withdraw'>()
  const done = () => setAsking(undefined)
  const publish = useCommand(publishStandardsEndpoint, done)
  const { error } = publish
  return (
    <section className="sheet">
      <header>
        <h2>{draft.title}</h2>
        <Chip tone="wait" word="待发布" />
        <span className="mini">
          {draft.madeBy} {minute(draft.madeAt)} 提出
        </span>
        <span className="grow" />
        <Link className="btn btn-s" to="/standards/new" search={{ policy: draft.id }}>
          看试算
        </Link>
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
        <Ask title={`发布“${draft.title}”？`} onClose={() => setAsking(undefined)}>
          <p>
            发布后，下一次核算按新标准计算；生效月早于上次核算的，差额作为补发逐月列出，不会改动已发布的账。
          </p>
          {error && <p className="notice notice-bad">{error.message}</p>}
          <div className="dialog-acts">
            <button className="btn" type="button" onClick={() => setAsking(undefined)}>
              再看看
            </button>
            <button
              className="btn btn-1"
              type="button"
              onClick={() => publish.mutate({ county, policyId: draft.id })}
            >
              发布
            </button>
          </div>
        </Ask>
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
