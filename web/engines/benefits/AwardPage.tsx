import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { getAwardEndpoint } from '../../../server/engines/benefits/award-view.schema.ts'
import { callEndpoint, keyOf, type Refusal } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { Chip, type Tone } from '../../ui/Chip.tsx'
import { money, monthText } from '../../ui/format.ts'
import type { AwardShown } from './award-shown.ts'
import { AwardClaims, AwardHolds } from './AwardAttention.tsx'
import { AwardDecisions } from './AwardDecisions.tsx'
import { AwardMonths } from './AwardMonths.tsx'
import { AwardWhy } from './AwardWhy.tsx'

const route = getRouteApi('/awards/$awardId')
const TONES: Readonly<Record<string, Tone>> = {
  proposed: 'wait',
  planned: 'go',
  active: 'ok',
  paid_once: 'ok',
}

/** One award: what was decided, what each month came to and what became of it, and why. */
export function AwardPage() {
  const { county } = useAsker()
  const { awardId } = route.useParams()
  const { month } = route.useSearch()
  const input = { county, awardId, months: 24 }
  const pages = useInfiniteQuery({
    queryKey: keyOf(getAwardEndpoint, { ...input, isPaged: true }),
    queryFn: ({ pageParam, signal }) =>
      callEndpoint(getAwardEndpoint, { ...input, ...(pageParam ? { before: pageParam } : {}) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })
  const [shown] = pages.data?.pages ?? []
  if (!shown)
    return (
      <PageWithout
        title="待遇"
        crumb={<BackToPeople />}
        reading={{ error: pages.error as Refusal | null, refetch: pages.refetch }}
      />
    )
  const months = pages.data?.pages.flatMap((page) => page.months) ?? []
  const opened = month ?? shown.why?.month
  return (
    <Page
      title={`${shown.award.programTitle} · 待遇`}
      crumb={<BackToPeople />}
      aside={
        <>
          <Chip tone={TONES[shown.award.state] ?? 'off'} word={shown.award.stateTitle} />
          <Holder shown={shown} />
        </>
      }
      actions={<Propose shown={shown} />}
      below={<Figures shown={shown} />}
    >
      <div className="case">
        <div className="stack">
          <AwardHolds holds={shown.holds} />
          <AwardMonths
            {...{ awardId, months, opened, isMore: pages.hasNextPage, isReading: pages.isFetchingNextPage }}
            onMore={() => void pages.fetchNextPage()}
          />
          <AwardClaims months={months} />
          <AwardDecisions determinations={shown.determinations} />
        </div>
        <AwardWhy awardId={awardId} month={month} latest={shown.why} />
      </div>
    </Page>
  )
}

function BackToPeople() {
  return (
    <>
      人与户 / <Link to="/people">找人</Link> / 待遇
    </>
  )
}

function Holder({ shown: { award, people } }: { shown: AwardShown }) {
  const { holder, town, village } = award
  const name = holder.name ?? '不在您管辖地区'
  return (
    <span>
      {holder.kind === 'household' ? (
        <Link className="linked" to="/households/$householdId" params={{ householdId: holder.id }}>
          {name}户
        </Link>
      ) : (
        <Link className="linked" to="/people/$personId" params={{ personId: holder.id }}>
          {name}
        </Link>
      )}
      <span className="ink2">
        {people.length > 1 ? ` 保障 ${people.length} 人` : ''}{' '}
        {[town?.name, village?.name].filter(Boolean).join(' ')}
      </span>
    </span>
  )
}

/** Where a change cannot be proposed, why stands in its place. */
function Propose({ shown: { award } }: { shown: AwardShown }) {
  const { mayDo } = useAsker()
  if (!mayDo('benefits.determination.propose'))
    return <span className="mini">变更由经办提出，您的岗位只能查看</span>
  if (award.isOneOff) return <span className="mini">一次性救助不变更，再有困难请新申请</span>
  return (
    <Link className="btn btn-1" to="/awards/$awardId/change" params={{ awardId: award.id }}>
      提出变更
    </Link>
  )
}

function Figures({ shown: { award, why, months, people } }: { shown: AwardShown }) {
  const { sinceMonth, endMonth } = award
  const paidFen = months.reduce((sum, each) => sum + each.paidFen, 0)
  const dueFen = months.reduce((sum, each) => sum + each.dueFen, 0)
  return (
    <div className="figs">
      <div>
        <div className="mini">{why ? `${monthText(why.month)}应得` : '最近一月应得'}</div>
        <div className="f f-xl">{why ? money(why.dueFen) : '—'}</div>
      </div>
      <div>
        <div className="mini">保障人数</div>
        <div className="f">{people.length}</div>
      </div>
      <div>
        <div className="mini">自</div>
        <div className="f">{sinceMonth ?? '—'}</div>
      </div>
      {endMonth && (
        <div>
          <div className="mini">止于</div>
          <div className="f">{endMonth} 前</div>
        </div>
      )}
      <div>
        <div className="mini">近 24 个月应付</div>
        <div className="f">{money(dueFen)}</div>
      </div>
      <div>
        <div className="mini">其中已到账</div>
        <div className="f">{money(paidFen)}</div>
      </div>
    </div>
  )
}
