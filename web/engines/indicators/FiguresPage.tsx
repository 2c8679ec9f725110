import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import { listRunsEndpoint } from '../../../server/engines/benefits/run-view.schema.ts'
import { exportFigures } from '../../../server/engines/indicators/export.schema.ts'
import { listFiguresEndpoint } from '../../../server/engines/indicators/figure-view.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { useToday } from '../../app/known-day.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { Page } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { figure, minute, monthText } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'
import { Counted, type Period } from './Counted.tsx'

type Figures = z.infer<typeof listFiguresEndpoint.output>

const route = getRouteApi('/figures')
const KINDS = { month: '某月在册', span: '一段时间的发放' } as const

/** Statistics with what they count; a number that is a count opens its list. */
export function FiguresPage() {
  const { county } = useAsker()
  const navigate = useNavigate()
  const search = route.useSearch()
  const { last, readAgain } = useLastMonth()
  const isSpan = search.from !== undefined
  const period = periodOf(search, last)
  const [opened, setOpened] = useState<string>()
  const shown = useEndpoint(listFiguresEndpoint, { county, ...period }, { isEnabled: period !== undefined })
  const go = (chosen: Period) => void navigate({ to: '/figures', search: chosen })
  return (
    <Page
      title="统计数字"
      crumb="统计"
      aside={
        period && (
          <Choice
            label="哪一种"
            isBare
            value={isSpan ? 'span' : 'month'}
            choices={KINDS}
            onChoose={(kind) => {
              const month = 'month' in period ? period.month : period.to
              go(kind === 'month' ? { month } : { from: `${month.slice(0, 4)}-01`, to: month })
            }}
          />
        )
      }
      actions={
        period && (
          <>
            <Chooser period={period} onChoose={go} />
            {shown.data && shown.data.runs.length > 0 && (
              <ExportButton contract={exportFigures} filter={period} rows={shown.data.figures.length} />
            )}
          </>
        )
      }
    >
      {(shown.isPending || !period) && <Loading rows={12} />}
      {shown.error && (
        <Problem
          error={shown.error}
          onRetry={() => {
            readAgain()
            void shown.refetch()
          }}
        />
      )}
      {shown.data?.runs.length === 0 && (
        <Blank title="这段时间还没有数字">
          <p>数字来自已发布的核算。核算发布以后，这里按那次核算的知情时点统计；没有数字不等于零。</p>
        </Blank>
      )}
      {shown.data && shown.data.runs.length > 0 && <Table shown={shown.data} onOpen={setOpened} />}
      {opened && period && (
        <Counted indicator={opened} period={period} onClose={() => setOpened(undefined)} />
      )}
    </Page>
  )
}

function periodOf(
  { month, from, to }: { month?: string; from?: string; to?: string },
  last: string | undefined,
): Period | undefined {
  if (from !== undefined && to !== undefined) return { from, to }
  const chosen = month ?? last
  return chosen === undefined ? undefined : { month: chosen }
}

/** The month published last; until it is known, nothing is asked. */
function useLastMonth(): { last: string | undefined; readAgain: () => void } {
  const { county, mayDo } = useAsker()
  const mayRead = mayDo('benefits.run.read')
  const today = useToday()
  const runs = useEndpoint(listRunsEndpoint, { county }, { isEnabled: mayRead })
  const readAgain = () => void (mayRead && runs.refetch())
  if (mayRead && runs.isPending) return { last: undefined, readAgain }
  const published = (runs.data?.runs ?? []).filter(({ status }) => status === 'published')
  const months = published.map(({ month }) => month).sort()
  return { last: months.at(-1) ?? today?.slice(0, 7), readAgain }
}

function Chooser({ period, onChoose }: { period: Period; onChoose: (period: Period) => void }) {
  const field = (label: string, value: string, change: (month: string) => void) => (
    <label className="type">
      {label}
      <input
        className="field wide"
        type="month"
        value={value}
        onChange={(event) => event.target.value !== '' && change(event.target.value)}
      />
    </label>
  )
  if ('month' in period) return field('月份', period.month, (month) => onChoose({ month }))
  const { from, to } = period
  return (
    <div className="hs">
      {field('从', from, (month) => onChoose({ from: month, to: month > to ? month : to }))}
      {field('到', to, (month) => onChoose({ from: month < from ? month : from, to: month }))}
    </div>
  )
}

function Table({ shown, onOpen }: { shown: Figures; onOpen: (indicator: string) => void }) {
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>
          {shown.period.includes('..') ? shown.period.split('..').join(' 至 ') : monthText(shown.period)}
        </h2>
        <span className="mini">{cutText(shown.runs)}</span>
      </header>
      <table className="tbl">
        <caption className="hidden">统计数字及其口径</caption>
        <thead>
          <tr>
            <th scope="col">指标</th>
            <th scope="col" className="r">
              数
            </th>
            <th scope="col">单位</th>
            <th scope="col">分项</th>
            <th scope="col">口径</th>
          </tr>
        </thead>
        <tbody>
          {shown.figures.map(({ indicator, value, unit, definition, breakdown, hasList }) => (
            <tr key={indicator}>
              <th scope="row">{indicator}</th>
              <td className="r">
                {hasList && value > 0 ? (
                  <button
                    className="num figure"
                    type="button"
                    aria-label={`${indicator} ${figure(value, unit)} ${unit}，看名单`}
                    onClick={() => onOpen(indicator)}
                  >
                    {figure(value, unit)}
                  </button>
                ) : (
                  <span className="figure">{figure(value, unit)}</span>
                )}
              </td>
              <td className="ink2">{unit}</td>
              <td className="ink2">
                {breakdown.map(({ title, value: part }) => `${title} ${figure(part, unit)}`).join('，')}
              </td>
              <td className="wrap mini">{definition}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** What was known when: the computations behind the figures. */
function cutText(runs: Figures['runs']): string {
  const last = [...runs].sort((a, b) => a.no - b.no).at(-1)
  if (!last) return ''
  const which =
    runs.length === 1 ? `第 ${last.no} 次核算` : ` ${runs.length} 次核算（最后是第 ${last.no} 次）`
  return `按${which}已知的事实，知情时点 ${minute(last.cut)}；以后再查结果不变`
}
