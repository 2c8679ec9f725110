import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { exportRunChanges, exportRunLines } from '../../../server/engines/benefits/export.schema.ts'
import { getRunEndpoint, type RunShown } from '../../../server/engines/benefits/run-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Blank } from '../../ui/Blank.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { count, minute, money, monthText, roughMoney, signedMoney } from '../../ui/format.ts'
import { Progress } from '../../ui/Progress.tsx'
import { Rest, Sum } from '../../ui/Sum.tsx'
import { Waterfall, type Bar } from '../../ui/Waterfall.tsx'
import { barsOf, CHANGES, findingOf, unexplained, type Change } from './run-bars.ts'
import { runState } from './run-words.ts'
import { RunBlockers } from './RunBlockers.tsx'
import { RunChanges } from './RunChanges.tsx'
import { RunFunds } from './RunFunds.tsx'
import { RunSample } from './RunSample.tsx'
import { RunSign } from './RunSign.tsx'

const route = getRouteApi('/runs/$runNo')

/** One month's computation: what changed, what blocks, a sample of lines, and the signatures. */
export function RunPage() {
  const { county } = useAsker()
  const runNo = Number(route.useParams().runNo)
  const shown = useEndpoint(getRunEndpoint, { county, runNo }, { every: pollOf })
  if (!shown.data)
    return (
      <PageWithout
        title="一次核算"
        crumb={
          <>
            资金 / <Link to="/runs">月度核算</Link>
          </>
        }
        reading={shown}
      />
    )
  return <Cockpit shown={shown.data} />
}

/** While the run is computed, published or handed back by the worker, the page follows it. */
function pollOf(shown: RunShown | undefined): number | false {
  return shown?.run.status === 'computing' || shown?.pending ? 1000 : false
}

function Cockpit({ shown }: { shown: RunShown }) {
  const [opened, setOpened] = useState<Change>()
  const { run, total } = shown
  const bars = run.totalFen === null ? undefined : barsOf(total, run.totalFen)
  return (
    <>
      <Page
        title={`${monthText(run.month)}核算`}
        crumb={<Crumb run={run} />}
        aside={
          <>
            <Chip {...runState(run.status)} />
            <span className="mini">
              按 {minute(run.cut)} 已知的事实{run.isFull ? '全部重算' : '计算'}，重算结果不变
            </span>
          </>
        }
        actions={
          <>
            <Steps status={run.status} />
            {bars && (
              <Link className="btn" to="/runs/$runNo/sheet" params={{ runNo: String(run.no) }}>
                发放审批表
              </Link>
            )}
          </>
        }
        below={bars && <Figures shown={shown} bars={bars} />}
      >
        {bars ? (
          <div className="cockpit">
            <div className="stack">
              <Comparison bars={bars} runNo={run.no} opened={opened} onOpen={setOpened} />
              <RunBlockers shown={shown} />
              <Programs shown={shown} />
            </div>
            <div className="stack">
              <RunSample runNo={run.no} />
              {shown.funds && <RunFunds funds={shown.funds} />}
            </div>
          </div>
        ) : (
          <Computing shown={shown} />
        )}
      </Page>
      <RunSign shown={shown} />
      {opened && <RunChanges shown={shown} change={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}

function Computing({ shown: { progress, failure, run } }: { shown: RunShown }) {
  const { chunksDone, chunks } = progress
  if (run.status !== 'computing') return <Blank title="没有算完就结束了" />
  return (
    <section className="sheet pad" aria-live="polite">
      <h2>{chunks === 0 ? '正在准备…' : `正在计算：${count(chunksDone)} / ${count(chunks)} 段`}</h2>
      <Progress label="计算进度" done={chunksDone} of={chunks} />
      <p className="ink2">可以离开这个页面，计算在后台继续；回来时从这里接着看。</p>
      {failure && <p className="notice notice-bad">{failure.message}</p>}
    </section>
  )
}

function Crumb({ run }: { run: RunShown['run'] }) {
  return (
    <>
      资金 / <Link to="/runs">月度核算</Link> / 第 {run.no} 次 / {run.groupTitle}
    </>
  )
}

const STEPS = [
  { status: 'computing', title: '计算' },
  { status: 'computed', title: '复核' },
  { status: 'checked', title: '审批' },
  { status: 'approved', title: '发布' },
  { status: 'published', title: '已发布' },
] as const

function Steps({ status }: { status: RunShown['run']['status'] }) {
  const at = STEPS.findIndex((step) => step.status === status)
  if (at < 0) return null
  return (
    <ol className="steps" aria-label="办理步骤">
      {STEPS.map((step, index) => (
        <li
          key={step.status}
          className={index < at || status === 'published' ? 'done' : index === at ? 'now' : ''}
          {...(index === at ? { 'aria-current': 'step' as const } : {})}
        >
          {step.title}
        </li>
      ))}
    </ol>
  )
}

function Figures({ shown: { run, total, blockerCounts }, bars }: { shown: RunShown; bars: readonly Bar[] }) {
  const open = blockerCounts.reduce((sum, each) => sum + each.count, 0)
  return (
    <div className="figs">
      <Sum title="本次核算" fen={run.totalFen ?? 0} />
      <div>
        <div className="mini">笔数</div>
        <div className="f">{count(run.lines ?? 0)}</div>
      </div>
      <div>
        <div className="mini">本月应得比上月</div>
        <div className="f">{signedMoney(total.currentFen - total.previousFen)}</div>
      </div>
      <div>
        <div className="mini">待处理</div>
        <div className={open > 0 ? 'f bad' : 'f'}>{count(open)}</div>
      </div>
      <Rest
        fen={unexplained(bars)}
        right="上月加各项变化，等于本次核算"
        wrong="各项变化加起来不等于本次核算，请勿审批并报管理员"
      />
    </div>
  )
}

interface ComparisonProps {
  bars: readonly Bar[]
  runNo: number
  opened: Change | undefined
  onOpen: (change: Change) => void
}

function Comparison({ bars, runNo, opened, onOpen }: ComparisonProps) {
  const [view, setView] = useState<'chart' | 'table'>('chart')
  const open = (key: string) => {
    if (key in CHANGES) onOpen(key as Change)
  }
  const [previous, last] = [bars[0]?.fen ?? 0, bars.at(-1)?.fen ?? 0]
  const direction = last >= previous ? '多' : '少'
  return (
    <section className="sheet">
      <header>
        <h2>
          比上月{direction} {roughMoney(last - previous)}，{findingOf(bars)}
        </h2>
        <span className="grow" />
        <span className="key">
          <i />
          增加
        </span>
        <span className="key">
          <i className="hatch" />
          减少
        </span>
        <Choice
          label="看图或看表"
          isBare
          value={view}
          choices={{ chart: '图', table: '表' }}
          onChoose={setView}
        />
        <ExportButton contract={exportRunChanges} filter={{ runNo }} />
      </header>
      {view === 'chart' ? (
        <Waterfall bars={bars} opened={opened} onOpen={open} />
      ) : (
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">项目</th>
              <th scope="col">数量</th>
              <th scope="col" className="r">
                金额（元）
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ key, title, note, kind, fen }) => (
              <tr key={key} className={kind === 'total' ? 'sum' : ''}>
                <td>
                  {key in CHANGES ? (
                    <button className="num" type="button" onClick={() => open(key)}>
                      {title}
                    </button>
                  ) : (
                    title
                  )}
                </td>
                <td>{note}</td>
                <td className="r">{kind === 'total' ? money(fen) : signedMoney(fen)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function Programs({ shown: { run, programs, total } }: { shown: RunShown }) {
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>分项目</h2>
        <span className="grow" />
        <ExportButton
          title="导出当月明细"
          contract={exportRunLines}
          filter={{ runNo: run.no }}
          rows={total.regular.lines}
        />
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">项目</th>
            {['上月应发', '本月应得', '当月笔数', '当月', '补发', '更正'].map((title) => (
              <th key={title} scope="col" className="r">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {programs.map(({ key, title, comparison }) => (
            <tr key={key}>
              <td>{title}</td>
              <td className="r">{money(comparison.previousFen)}</td>
              <td className="r">{money(comparison.currentFen)}</td>
              <td className="r">{count(comparison.regular.lines)}</td>
              <td className="r">{money(comparison.regular.fen)}</td>
              <td className="r">{money(comparison.arrears.fen)}</td>
              <td className="r">{money(comparison.correction.fen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
