import { Link } from '@tanstack/react-router'
import {
  listCorrectedEndpoint,
  type SettledIn,
} from '../../../server/engines/benefits/correction-view.schema.ts'
import type { z } from 'zod'
import { useListing } from '../../app/listing.ts'
import { PersonName } from '../../app/PersonName.tsx'
import { useAsker } from '../../app/session.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { count, money, signedMoney } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'

type Corrected = z.infer<typeof listCorrectedEndpoint.output>['months'][number]

/** Award by award and month by month: settled as, should be, difference, what reached them, what is still owed. */
export function CorrectedMonths({ correctionId, run }: { correctionId: string; run: SettledIn }) {
  const { county } = useAsker()
  const list = useListing(listCorrectedEndpoint, { county, correctionId, runNo: run.runNo }, 'after')
  const months = list.pages.flatMap((page) => page.months)
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>
          {count(run.lines)} 笔多算，差额 {signedMoney(run.fen)} 元
        </h2>
        <span className="mini">已核 + 差额 = 应为</span>
      </header>
      {list.isPending && <Loading rows={8} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {months.length > 0 && (
        <table className="tbl">
          <caption className="hidden">逐户逐月的差额</caption>
          <thead>
            <tr>
              <th scope="col">谁</th>
              <th scope="col">项目</th>
              <th scope="col">月份</th>
              <th scope="col" className="r">
                已核（元）
              </th>
              <th scope="col" className="r">
                应为
              </th>
              <th scope="col" className="r">
                差额
              </th>
              <th scope="col" className="r">
                已到账
              </th>
              <th scope="col">追回</th>
            </tr>
          </thead>
          <tbody>
            {months.map((month) => (
              <Row key={`${month.awardId}${month.forMonth}`} month={month} stage={run.stage} />
            ))}
          </tbody>
        </table>
      )}
      <MoreButton list={list} listed={months.length} />
    </section>
  )
}

function Row({ month, stage }: { month: Corrected; stage: SettledIn['stage'] }) {
  const { awardId, people, programTitle, forMonth, wasFen, dueFen, fen, paidFen } = month
  const [first] = people
  return (
    <tr>
      <td className="wrap">
        <PersonName id={first?.id ?? null} fullName={first?.fullName ?? null} />
        {people.length > 1 && <span className="mini"> 等 {people.length} 人</span>}
      </td>
      <td className="wrap">
        <Link to="/awards/$awardId" params={{ awardId }} search={{ month: forMonth }}>
          {programTitle}
        </Link>
      </td>
      <td>{forMonth}</td>
      <td className="r">{money(wasFen)}</td>
      <td className="r">{money(dueFen)}</td>
      <td className="r">
        <b>{signedMoney(fen)}</b>
      </td>
      <td className="r">{money(paidFen)}</td>
      <td className="wrap">
        <Owed month={month} stage={stage} />
      </td>
    </tr>
  )
}

function Owed({ month: { awardId, claim }, stage }: { month: Corrected; stage: SettledIn['stage'] }) {
  const { mayDo } = useAsker()
  if (!claim) return <span className="mini">{stage === 'settled' ? '没有付出，不必追回' : '发布后才列'}</span>
  const text = claim.status === 'closed' ? '已结' : `尚欠 ${money(claim.openFen)}`
  if (!mayDo('funds.ledger.read')) return text
  return (
    <Link to="/claims" search={{ award: awardId }}>
      {text}
    </Link>
  )
}
