import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CSSProperties } from 'react'
import {
  listTimelineEndpoint,
  type FileEventKind,
  type Money,
} from '../../../server/engines/registry/person-file.schema.ts'
import { callEndpoint, keyOf, type Refusal } from '../../app/api.ts'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { money, signedMoney } from '../../ui/format.ts'
import { Icon, type IconName } from '../../ui/Icon.tsx'
import { Problem } from '../../ui/Problem.tsx'

const KINDS = {
  all: '全部',
  benefit: '待遇',
  money: '钱',
  fact: '情况',
  household: '家庭',
  change: '变更',
} as const
const ICONS: Readonly<Record<FileEventKind, IconName>> = {
  benefit: 'file',
  money: 'yuan',
  fact: 'shield',
  household: 'home',
  change: 'swap',
}

interface TimelineProps {
  personId: string
  months: Money['months'] | undefined
  paidFen: number | undefined
}

/** Twelve months of cash, then everything that happened, the newest first. */
export function PersonTimeline({ personId, months, paidFen }: TimelineProps) {
  const { county } = useAsker()
  const [kind, setKind] = useState<keyof typeof KINDS>('all')
  const input = { county, personId, ...(kind === 'all' ? {} : { kind }) }
  const events = useInfiniteQuery({
    queryKey: keyOf(listTimelineEndpoint, input),
    queryFn: ({ pageParam, signal }) =>
      callEndpoint(
        listTimelineEndpoint,
        { ...input, ...(pageParam ? { after: pageParam } : {}) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })
  const shown = events.data?.pages.flatMap((page) => page.events) ?? []
  return (
    <section className="person-time">
      {months && paidFen !== undefined && <CashStrip months={months} paidFen={paidFen} />}
      <div className="hs line-head">
        <h2>时间线</h2>
        <span className="grow" />
        <Choice label="只看" isBare value={kind} choices={KINDS} onChoose={setKind} />
      </div>
      {events.isPending && <Loading rows={8} />}
      {events.error && <Problem error={events.error as Refusal} onRetry={() => void events.refetch()} />}
      {events.data && shown.length === 0 && (
        <Blank title="还没有记录">
          <p>从受理或登记开始，每一件事都会记在这里。</p>
        </Blank>
      )}
      <ol className="timeline">
        {shown.map(({ id, day, title, text, fen, by, kind: of }) => (
          <li key={id}>
            <time dateTime={day}>{day}</time>
            <span className="dot">
              <Icon name={ICONS[of]} />
            </span>
            <div className="grow">
              <b>{title}</b>
              <div className="ink2">{text}</div>
              {by && <div className="mini">{by}</div>}
            </div>
            {fen !== null && <span className="r nw">{signedMoney(fen)}</span>}
          </li>
        ))}
      </ol>
      {events.hasNextPage && (
        <button className="btn" type="button" onClick={() => void events.fetchNextPage()}>
          {events.isFetchingNextPage ? '正在读…' : '再往前看'}
        </button>
      )}
    </section>
  )
}

function CashStrip({ months, paidFen }: { months: Money['months']; paidFen: number }) {
  const most = Math.max(1, ...months.map((month) => month.paidFen))
  return (
    <div className="strip">
      <div className="mini">
        近 12 个月到账
        <b>{money(paidFen)}</b>
      </div>
      <ol aria-label="各月到账，单位元">
        {months.map((month) => (
          <li key={month.month}>
            <span className="hidden">
              {month.month} 到账 {money(month.paidFen)}
            </span>
            <i
              aria-hidden="true"
              title={`${month.month}：${money(month.paidFen)}`}
              style={{ '--part': `${(month.paidFen / most) * 100}%` } as CSSProperties}
            />
            <span aria-hidden="true">{Number(month.month.slice(5))}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
