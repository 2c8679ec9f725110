import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { exportStandards } from '../../../server/engines/benefits/export.schema.ts'
import { listStandardsEndpoint, type Standard } from '../../../server/engines/benefits/standard.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { DatedValues } from './DatedValues.tsx'
import { StandardDraft } from './StandardDraft.tsx'

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
          <StandardDraft key={draft.id} draft={draft} />
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
      {opened && (
        <DatedValues
          title={`${opened.programTitle} ${opened.title}`}
          values={opened.history}
          onClose={() => setOpened(undefined)}
        />
      )}
    </Page>
  )
}
