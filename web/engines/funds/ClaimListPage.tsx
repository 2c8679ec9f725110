import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { exportClaims } from '../../../server/engines/funds/export.schema.ts'
import { listClaimsEndpoint, type ClaimShown } from '../../../server/engines/funds/claim-view.schema.ts'
import { useListing } from '../../app/listing.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { Page } from '../../app/Page.tsx'
import { PersonName } from '../../app/PersonName.tsx'
import { useAsker } from '../../app/session.tsx'
import { Blank, Loading } from '../../ui/Blank.tsx'
import { Chip, type Tone } from '../../ui/Chip.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { day, money } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { AwardLink } from './AwardLink.tsx'
import { ClaimDeed } from './ClaimDeed.tsx'

const route = getRouteApi('/claims')
const STATES = { open: '未结', closed: '已结', all: '全部' } as const

/** What was paid too much, and how it comes back. */
export function ClaimListPage() {
  const { county } = useAsker()
  const navigate = useNavigate()
  const { status, award } = route.useSearch()
  // Of one award the closed ones are wanted too: they say how it came back.
  const shown = status ?? (award ? 'all' : 'open')
  const [openedId, setOpenedId] = useState<string>()
  const only = { ...(shown === 'all' ? {} : { status: shown }), ...(award ? { awardId: award } : {}) }
  const list = useListing(listClaimsEndpoint, { county, ...only }, 'after')
  const claims = list.pages.flatMap((page) => page.claims)
  const opened = claims.find(({ id }) => id === openedId)
  return (
    <Page
      title="应追回款"
      crumb="资金"
      actions={claims.length > 0 && <ExportButton contract={exportClaims} filter={only} />}
      aside={
        award && (
          <span className="mini">
            只列一笔待遇的，<Link to="/claims">看全部</Link>
          </span>
        )
      }
    >
      <div className="stack">
        <Choice
          label="只看"
          value={shown}
          choices={STATES}
          onChoose={(status) =>
            void navigate({ to: '/claims', search: { status, ...(award ? { award } : {}) } })
          }
        />
        {list.isPending && <Loading rows={10} />}
        {list.error && <Problem error={list.error} onRetry={list.retry} />}
        {!list.isPending && !list.error && claims.length === 0 && (
          <Blank title={shown === 'open' ? '没有未结的应追回款' : '没有应追回款'}>
            <p>重算后发现多发的，自动列在这里；是否追回、怎样追回，要由负责人决定。</p>
          </Blank>
        )}
        {claims.length > 0 && (
          <section className="sheet scroll-x">
            <Claims claims={claims} onOpen={setOpenedId} />
            <MoreButton list={list} listed={claims.length} />
          </section>
        )}
      </div>
      {opened && <ClaimDeed key={opened.id} claim={opened} onClose={() => setOpenedId(undefined)} />}
    </Page>
  )
}

function Claims({ claims, onOpen }: { claims: readonly ClaimShown[]; onOpen: (id: string) => void }) {
  return (
    <table className="tbl">
      <caption className="hidden">应追回款，先发生的在前</caption>
      <thead>
        <tr>
          <th scope="col">谁</th>
          <th scope="col">项目</th>
          <th scope="col">所属月份</th>
          <th scope="col">进展</th>
          <th scope="col" className="r">
            多发（元）
          </th>
          <th scope="col" className="r">
            尚欠（元）
          </th>
          <th scope="col">发现</th>
          <th scope="col">追回决定</th>
          <th scope="col">
            <span className="hidden">操作</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {claims.map((claim) => (
          <tr key={claim.id}>
            <td>
              <PersonName id={null} fullName={claim.fullName} />
            </td>
            <td>
              <AwardLink awardId={claim.awardId} title={claim.programTitle} month={claim.forMonth} />
            </td>
            <td>{claim.forMonth}</td>
            <td>
              <Chip {...stateOf(claim)} />
            </td>
            <td className="r">{money(claim.openedFen)}</td>
            <td className="r">
              <b>{money(claim.openFen)}</b>
            </td>
            <td className="ink2">{day(claim.openedAt)}</td>
            <td className="wrap ink2">
              {claim.decidedAt === null ? '—' : `${claim.decision ?? ''}（${claim.decidedBy ?? ''}）`}
            </td>
            <td className="r">
              <button className="btn btn-s" type="button" onClick={() => onOpen(claim.id)}>
                {canAct(claim) ? '办理' : '看'}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function stateOf({ status, closedBecause, writeOff, decidedAt }: ClaimShown): { tone: Tone; word: string } {
  if (status === 'closed') return { tone: 'ok', word: closedBecause ?? '已结' }
  if (writeOff) return { tone: 'wait', word: '核销待复核' }
  return decidedAt === null ? { tone: 'warn', word: '待决定' } : { tone: 'go', word: '追回中' }
}

function canAct({ may, writeOff }: ClaimShown): boolean {
  return Object.values(may).some(Boolean) || writeOff?.mayAnswer === true
}
