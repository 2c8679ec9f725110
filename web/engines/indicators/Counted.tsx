import { exportCounted } from '../../../server/engines/indicators/export.schema.ts'
import { listCountedEndpoint } from '../../../server/engines/indicators/figure-view.schema.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { useListing } from '../../app/listing.ts'
import { PersonName } from '../../app/PersonName.tsx'
import { useAsker } from '../../app/session.tsx'
import { Drawer } from '../../ui/Ask.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { money } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'

export type Period = { month: string } | { from: string; to: string }

interface CountedProps {
  indicator: string
  period: Period
  onClose: () => void
}

/** The list behind a number: as many rows as it says. */
export function Counted({ indicator, period, onClose }: CountedProps) {
  const { county } = useAsker()
  const list = useListing(listCountedEndpoint, { county, indicator, ...period, limit: 100 }, 'after')
  const rows = list.pages.flatMap((page) => page.rows)
  const hasMoney = rows.some(({ fen }) => fen !== null)
  return (
    <Drawer
      title={indicator}
      aside={
        <>
          <span className="ink2">{'month' in period ? period.month : `${period.from} 至 ${period.to}`}</span>
          <ExportButton contract={exportCounted} filter={{ indicator, ...period }} />
        </>
      }
      onClose={onClose}
    >
      {list.isPending && <Loading rows={12} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {!list.isPending && !list.error && rows.length === 0 && <p className="pad ink2">名单是空的。</p>}
      {rows.length > 0 && (
        <table className="tbl">
          <caption className="hidden">{indicator}数到的名单</caption>
          <thead>
            <tr>
              <th scope="col" className="r">
                序号
              </th>
              <th scope="col">谁</th>
              {hasMoney && (
                <th scope="col" className="r">
                  全户金额（元）
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ awardId, people, fen }, index) => (
              <tr key={`${awardId}${people[0]?.id}`}>
                <td className="r dim">{index + 1}</td>
                <td className="wrap">
                  {people.map(({ id, fullName }) => (
                    <span key={id} className="name">
                      <PersonName id={id} fullName={fullName} />
                    </span>
                  ))}
                  {people.length === 0 && '—'}
                </td>
                {hasMoney && <td className="r">{fen === null ? '—' : money(fen)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreButton list={list} listed={rows.length} />
    </Drawer>
  )
}
