import { getRouteApi, Link } from '@tanstack/react-router'
import type { z } from 'zod'
import {
  getTakeoverEndpoint,
  type TakeoverCheck,
} from '../../../server/engines/benefits/takeover-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { count, minute, money } from '../../ui/format.ts'
import { Mark } from '../../ui/Icon.tsx'
import { TakeoverAwards } from './TakeoverAwards.tsx'
import { TakeoverSign } from './TakeoverSign.tsx'
import { TAKEOVER_STATES } from './takeover-words.ts'

const route = getRouteApi('/takeovers/$takeoverId')
type Shown = z.infer<typeof getTakeoverEndpoint.output>

/** One list: what was checked, what it comes to by town, its lines, the signature. */
export function TakeoverPage() {
  const { county } = useAsker()
  const { takeoverId } = route.useParams()
  const shown = useEndpoint(getTakeoverEndpoint, { county, takeoverId })
  if (!shown.data)
    return (
      <PageWithout
        title="旧系统迁移清单"
        crumb={
          <>
            办业务 / <Link to="/takeovers">迁移清单</Link>
          </>
        }
        reading={shown}
      />
    )
  const { takeover, checks, parts } = shown.data
  return (
    <>
      <Page
        title="旧系统迁移清单"
        crumb={
          <>
            办业务 / <Link to="/takeovers">迁移清单</Link>
          </>
        }
        aside={
          <>
            <Chip {...TAKEOVER_STATES[takeover.status]} />
            <span className="ink2">
              {takeover.madeBy ?? '同事'} {minute(takeover.madeAt)} 提出，{count(takeover.awards)}{' '}
              户（人），末次发放 {money(takeover.lastPaidFen)} 元
            </span>
          </>
        }
      >
        <div className="case">
          <div className="stack">
            <TakeoverAwards takeoverId={takeoverId} isOnFile={takeover.status === 'signed'} />
          </div>
          <div className="stack">
            {checks.length > 0 && <Checks checks={checks} />}
            <Parts parts={parts} />
          </div>
        </div>
      </Page>
      <TakeoverSign takeover={takeover} checks={checks} />
    </>
  )
}

const MARKS = {
  ok: { tone: 'ok', name: 'tick', word: '没有问题' },
  look: { tone: 'warn', name: 'triangle', word: '请看一看' },
  bad: { tone: 'bad', name: 'bang', word: '不能签字' },
} as const

function Checks({ checks }: { checks: readonly TakeoverCheck[] }) {
  const bad = checks.filter(({ state }) => state === 'bad').length
  const look = checks.filter(({ state }) => state === 'look').length
  return (
    <section className="sheet">
      <header>
        <h2>{bad > 0 ? `核对：${bad} 处不对` : look > 0 ? `核对：${look} 处请看一看` : '核对：都对得上'}</h2>
      </header>
      <ul className="attention inset">
        {checks.map(({ key, title, state, text }) => (
          <li key={key}>
            <span className={MARKS[state].tone}>
              <Mark name={MARKS[state].name} />
            </span>
            <div>
              <b>{title}</b>
              <span className="hidden">：{MARKS[state].word}</span>
              {state !== 'ok' && <div className="mini">{text}</div>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Parts({ parts }: { parts: Shown['parts'] }) {
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>各镇各项目</h2>
      </header>
      <table className="tbl">
        <caption className="hidden">各镇各项目的户数和末次发放</caption>
        <thead>
          <tr>
            <th scope="col">镇</th>
            <th scope="col">项目</th>
            <th scope="col" className="r">
              户（人）
            </th>
            <th scope="col" className="r">
              末次发放（元）
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ program, programTitle, town, townName, awards, lastPaidFen }) => (
            <tr key={`${program}${town ?? ''}`}>
              <td>{townName ?? town ?? '未写明'}</td>
              <td className="wrap">{programTitle}</td>
              <td className="r">{count(awards)}</td>
              <td className="r">{money(lastPaidFen)}</td>
            </tr>
          ))}
          <tr className="sum">
            <td colSpan={2}>合计</td>
            <td className="r">{count(parts.reduce((sum, { awards }) => sum + awards, 0))}</td>
            <td className="r">{money(parts.reduce((sum, { lastPaidFen }) => sum + lastPaidFen, 0))}</td>
          </tr>
        </tbody>
      </table>
    </section>
  )
}
