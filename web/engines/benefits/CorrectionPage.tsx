import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import {
  getCorrectionEndpoint,
  type Correction,
  type SettledIn,
} from '../../../server/engines/benefits/correction-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { count, minute, monthText, signedMoney } from '../../ui/format.ts'
import { CorrectedMonths } from './CorrectedMonths.tsx'
import { CorrectionSign } from './CorrectionSign.tsx'
import { CORRECTION_STATES, STAGES } from './correction-words.ts'

const route = getRouteApi('/corrections/$correctionId')

/** One correction: what was changed, whom it makes owe how much, in which month's run that is settled. */
export function CorrectionPage() {
  const { county } = useAsker()
  const { correctionId } = route.useParams()
  const shown = useEndpoint(getCorrectionEndpoint, { county, correctionId })
  const [chosen, setChosen] = useState<number>()
  if (!shown.data)
    return (
      <PageWithout
        title="更正"
        crumb={
          <>
            资金 / <Link to="/corrections">更正</Link>
          </>
        }
        reading={shown}
      />
    )
  const { correction, runs } = shown.data
  const run = runs.find(({ runNo }) => runNo === chosen) ?? runs[0]
  return (
    <>
      <Page
        title={correction.kindTitle}
        crumb={
          <>
            资金 / <Link to="/corrections">更正</Link>
          </>
        }
        aside={
          <>
            <Chip {...CORRECTION_STATES[correction.status]} />
            <span className="ink2">{correction.subjectTitle}</span>
          </>
        }
      >
        <div className="case">
          <div className="stack">
            {run ? (
              <CorrectedMonths key={run.runNo} correctionId={correctionId} run={run} />
            ) : (
              <Untouched correction={correction} />
            )}
          </div>
          <div className="stack">
            <What correction={correction} />
            {runs.length > 0 && <Runs runs={runs} chosen={run?.runNo} onChoose={setChosen} />}
            <Coming />
          </div>
        </div>
      </Page>
      <CorrectionSign correction={correction} />
    </>
  )
}

function Untouched({ correction: { status } }: { correction: Correction }) {
  return (
    <section className="sheet">
      <header>
        <h2>{status === 'decided' ? '没有引起追回' : '现在没有核算在等它'}</h2>
      </header>
      <p className="pad ink2">
        {status === 'decided'
          ? '决定以后的核算里，没有哪一户因为它多发了钱。'
          : '下一次核算会重新比较：有多发的，列在这里和那次核算的待处理里。'}
      </p>
    </section>
  )
}

function What({ correction }: { correction: Correction }) {
  const { kindTitle, kind, subject, subjectTitle, clause, madeBy, madeAt } = correction
  return (
    <section className="sheet case-side">
      <h2>改了什么</h2>
      <dl className="kv">
        <dt>类别</dt>
        <dd>{kindTitle}</dd>
        <dt>{kind === 'fact' ? '谁' : '改成'}</dt>
        <dd>
          {kind === 'fact' && subjectTitle !== null ? (
            <Link to="/people/$personId" params={{ personId: subject }}>
              {subjectTitle}
            </Link>
          ) : (
            (subjectTitle ?? '不在您管辖地区，或已不在册')
          )}
        </dd>
        <dt>依据</dt>
        <dd>{clause}</dd>
        <dt>提出</dt>
        <dd>
          {madeBy ?? '同事'} {minute(madeAt)}
        </dd>
      </dl>
      {kind === 'rate' && <Link to="/standards">看标准的历次变化</Link>}
      {kind === 'setting' && <Link to="/settings">看设置项的历次变化</Link>}
    </section>
  )
}

interface RunsProps {
  runs: readonly SettledIn[]
  chosen: number | undefined
  onChoose: (runNo: number) => void
}

function Runs({ runs, chosen, onChoose }: RunsProps) {
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>在哪次核算结清</h2>
      </header>
      <table className="tbl">
        <caption className="hidden">写入或等着写入追回的核算</caption>
        <thead>
          <tr>
            <th scope="col">核算</th>
            <th scope="col">进展</th>
            <th scope="col" className="r">
              笔数
            </th>
            <th scope="col" className="r">
              差额（元）
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map(({ runNo, month, groupTitle, stage, lines, fen }) => (
            <tr key={runNo} aria-selected={runNo === chosen}>
              <td className="wrap two">
                <Link to="/runs/$runNo" params={{ runNo: String(runNo) }}>
                  {monthText(month)}
                </Link>
                <div className="mini">{groupTitle}</div>
              </td>
              <td>
                <Chip {...STAGES[stage]} />
              </td>
              <td className="r">
                <button
                  className="num"
                  type="button"
                  aria-pressed={runNo === chosen}
                  onClick={() => onChoose(runNo)}
                >
                  {count(lines)}
                </button>
              </td>
              <td className="r">
                <b>{signedMoney(fen)}</b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** How what was paid too much comes back; it is never simply kept from a later month. */
function Coming() {
  return (
    <section className="sheet case-side">
      <h2>钱怎么回来</h2>
      <p className="ink2">
        核算发布后，多发的列为应追回款，由负责人决定追回。同一待遇同一月份的补发自动抵清；要从别的月份或别的待遇里扣，须有本人书面同意或条款规定，在“应追回款”里登记凭据。
      </p>
    </section>
  )
}
