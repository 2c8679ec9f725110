import { getRouteApi, Link } from '@tanstack/react-router'
import type { z } from 'zod'
import { getHouseholdEndpoint } from '../../../server/engines/registry/person-file.schema.ts'
import { useEndpoint } from '../../app/api.ts'
import { Page, PageWithout } from '../../app/Page.tsx'
import { useAsker } from '../../app/session.tsx'
import { AwardTable } from './AwardTable.tsx'

type Shown = z.infer<typeof getHouseholdEndpoint.output>

const route = getRouteApi('/households/$householdId')

/** 一户: who belongs to it, who did before, and what it is given. */
export function HouseholdPage() {
  const { county } = useAsker()
  const { householdId } = route.useParams()
  const shown = useEndpoint(getHouseholdEndpoint, { county, householdId })
  if (!shown.data)
    return (
      <PageWithout
        title="一户一档"
        crumb={
          <>
            人与户 / <Link to="/people">找人</Link>
          </>
        }
        reading={shown}
      />
    )
  const { household, members, others } = shown.data
  return (
    <Page
      title="一户一档"
      crumb={
        <>
          人与户 / <Link to="/people">找人</Link> / 户
        </>
      }
      aside={
        <span>
          <b>户主 {household.headName ?? '不在您管辖地区'}</b>{' '}
          <span className="ink2">
            {[
              household.town?.name ?? household.town?.code,
              household.village?.name ?? household.village?.code,
            ]
              .filter(Boolean)
              .join(' ')}
          </span>
        </span>
      }
    >
      <div className="stack">
        <Members title="现在的成员" members={members} />
        <Awards shown={shown.data} />
        {others.length > 0 && <Members title="以前和以后的成员" members={others} />}
      </div>
    </Page>
  )
}

function Members({ title, members }: { title: string; members: Shown['members'] }) {
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>{title}</h2>
        <span className="mini">{members.length} 人</span>
      </header>
      <table className="tbl">
        <caption className="hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">姓名</th>
            <th scope="col">与户主</th>
            <th scope="col" className="r">
              年龄
            </th>
            <th scope="col">情况</th>
            <th scope="col">自</th>
            <th scope="col">至</th>
          </tr>
        </thead>
        <tbody>
          {members.map(({ personId, fullName, relationTitle, isHead, age, tags, from, to }) => (
            <tr key={`${personId}${from}`}>
              <td>
                {fullName === null ? (
                  '不在您管辖地区'
                ) : (
                  <Link to="/people/$personId" params={{ personId }}>
                    <b>{fullName}</b>
                  </Link>
                )}
              </td>
              <td>{isHead ? '户主' : relationTitle}</td>
              <td className="r">{age ?? '—'}</td>
              <td className="wrap">{tags.map((tag) => tag.title).join('、') || '—'}</td>
              <td>{from}</td>
              <td>{to ?? '至今'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Awards({ shown: { awards, hidden } }: { shown: Shown }) {
  if (hidden.money) return <p className="notice">{hidden.money.text}</p>
  if (!awards || awards.length === 0) return <p className="notice">这一户没有享受过以户为单位的待遇。</p>
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>本户的待遇</h2>
      </header>
      <AwardTable awards={awards} />
    </section>
  )
}
