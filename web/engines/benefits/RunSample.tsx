import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { exportRunSample } from '../../../server/engines/benefits/export.schema.ts'
import { sampleRunEndpoint } from '../../../server/engines/benefits/run-change.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { useKeys } from '../../app/keys.ts'
import { useAsker } from '../../app/session.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { money } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'

const KINDS = { regular: '当月', arrears: '补发', correction: '更正' } as const

/** Lines drawn for the checker, one after the other, each with its sum. */
export function RunSample({ runNo }: { runNo: number }) {
  const { county } = useAsker()
  const [at, setAt] = useState(0)
  const sample = useEndpoint(sampleRunEndpoint, { county, runNo })
  const awards = sample.data?.awards ?? []
  const step = (by: number) => setAt((now) => Math.max(0, Math.min(awards.length - 1, now + by)))
  useKeys({ J: () => step(1), K: () => step(-1) })
  const shown = awards[at]
  return (
    <section className="sheet">
      <header>
        <h2>{shown ? `这一笔为什么是 ${money(shown.fen)}` : '抽样'}</h2>
        <span className="grow" />
        {shown && (
          <span className="mini">
            抽样 {at + 1}/{awards.length}
          </span>
        )}
        <button className="btn btn-s" type="button" disabled={at === 0} onClick={() => step(-1)}>
          <span className="hidden">上一份</span> <kbd>K</kbd>
        </button>
        <button
          className="btn btn-s"
          type="button"
          disabled={at >= awards.length - 1}
          onClick={() => step(1)}
        >
          下一份 <kbd>J</kbd>
        </button>
        {shown && <ExportButton contract={exportRunSample} filter={{ runNo }} />}
      </header>
      {sample.isPending && <Loading />}
      {sample.error && <Problem error={sample.error} onRetry={() => void sample.refetch()} />}
      {sample.data && !shown && <p className="pad ink2">这次核算没有写入任何一笔，没有可抽的。</p>}
      {shown && (
        <div className="pad" aria-live="polite">
          <div className="hs wrap">
            {shown.people.map(({ id, fullName }, index) => (
              <Link key={id} to="/people/$personId" params={{ personId: id }}>
                {index === 0 ? <b>{fullName}</b> : fullName}
              </Link>
            ))}
            <span className="ink2">{shown.programTitle}</span>
          </div>
          <table className="tbl" data-density="compact">
            <thead>
              <tr>
                <th scope="col">月份</th>
                <th scope="col" className="r">
                  应得
                </th>
                <th scope="col" className="r">
                  − 已定
                </th>
                <th scope="col" className="r">
                  = 本次
                </th>
                <th scope="col" />
              </tr>
            </thead>
            <tbody>
              {shown.months.map(({ forMonth, kind, dueFen, wasFen, fen }) => (
                <tr key={forMonth}>
                  <td>{forMonth}</td>
                  <td className="r">{money(dueFen)}</td>
                  <td className="r">{money(wasFen)}</td>
                  <td className="r">
                    <b>{money(fen)}</b>
                  </td>
                  <td className="dim">{KINDS[kind]}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <td>合计</td>
                <td />
                <td />
                <td className="r">{money(shown.fen)}</td>
                <td />
              </tr>
            </tfoot>
          </table>
          {[...new Set(shown.months.map(({ sentence }) => sentence))].map((sentence) => (
            <p key={sentence} className="say">
              {sentence}
            </p>
          ))}
          <dl className="kv">
            {shown.facts.map(({ title, value, source, since }) => [
              <dt key={`${title}${value}t`}>{title}</dt>,
              <dd key={`${title}${value}d`}>
                {value}
                <span className="mini">{[source, since && `自 ${since}`].filter(Boolean).join('，')}</span>
              </dd>,
            ])}
          </dl>
          <p className="mini">{sample.data?.method}</p>
        </div>
      )}
    </section>
  )
}
