import { Link } from '@tanstack/react-router'
import { listTakeoverAwardsEndpoint } from '../../../server/engines/benefits/takeover-view.schema.ts'
import { useListing } from '../../app/listing.ts'
import { PersonName } from '../../app/PersonName.tsx'
import { useAsker } from '../../app/session.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { money } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'

/** The lines of a list; once it is signed each is an award. */
export function TakeoverAwards({ takeoverId, isOnFile }: { takeoverId: string; isOnFile: boolean }) {
  const { county } = useAsker()
  const list = useListing(listTakeoverAwardsEndpoint, { county, takeoverId }, 'after')
  const awards = list.pages.flatMap((page) => page.awards)
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>逐户（人）</h2>
        <span className="mini">签字后，起始月以前视为旧系统已结清</span>
      </header>
      {list.isPending && <Loading rows={10} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {awards.length > 0 && (
        <table className="tbl">
          <caption className="hidden">清单的各行</caption>
          <thead>
            <tr>
              <th scope="col">谁</th>
              <th scope="col">项目</th>
              <th scope="col">镇、村（社区）</th>
              <th scope="col">末次发放月</th>
              <th scope="col" className="r">
                末次发放（元）
              </th>
              <th scope="col">起始月</th>
              <th scope="col">待遇</th>
            </tr>
          </thead>
          <tbody>
            {awards.map((award) => (
              <tr key={award.id}>
                <td className="wrap">
                  {award.fullName === null ? (
                    <span className="warn">没有建档</span>
                  ) : (
                    <PersonName id={award.personId} fullName={award.fullName} />
                  )}
                  {award.holderKind === 'household' && <span className="mini"> 户</span>}
                </td>
                <td className="wrap">{award.programTitle}</td>
                <td className="wrap ink2">{[award.townName, award.villageName].filter(Boolean).join(' ')}</td>
                <td>{award.lastPaidMonth}</td>
                <td className="r">{money(award.lastPaidFen)}</td>
                <td>{award.ledgerOpensMonth}</td>
                <td>
                  {isOnFile ? (
                    <Link to="/awards/$awardId" params={{ awardId: award.id }}>
                      看待遇
                    </Link>
                  ) : award.replacesId ? (
                    <Link to="/awards/$awardId" params={{ awardId: award.replacesId }}>
                      被替代的
                    </Link>
                  ) : (
                    <span className="mini">签字后才有</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreButton list={list} listed={awards.length} />
    </section>
  )
}
