import { Link } from '@tanstack/react-router'
import { exportRunChanges } from '../../../server/engines/benefits/export.schema.ts'
import { listRunChangesEndpoint } from '../../../server/engines/benefits/run-change.schema.ts'
import type { RunShown } from '../../../server/engines/benefits/run-view.schema.ts'
import { ExportButton } from '../../app/ExportButton.tsx'
import { useListing } from '../../app/listing.ts'
import { useAsker } from '../../app/session.tsx'
import { Drawer } from '../../ui/Ask.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { count, money, signedMoney } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { CHANGES, type Change } from './run-bars.ts'

interface ChangesProps {
  shown: RunShown
  change: Change
  onClose: () => void
}

/** The list behind one bar: who, from how much to how much, why. */
export function RunChanges({ shown: { run }, change, onClose }: ChangesProps) {
  const { county } = useAsker()
  const input = { county, runNo: run.no, change, limit: 100 }
  const list = useListing(listRunChangesEndpoint, input, 'after')
  const bar = list.pages[0]?.bar
  const items = list.pages.flatMap((page) => page.items)
  const aside = bar ? `${count(bar.count)} 份，${signedMoney(bar.fen)} 元` : ''
  return (
    <Drawer
      title={CHANGES[change]}
      aside={
        <>
          <span className="ink2">{aside}</span>
          <ExportButton contract={exportRunChanges} filter={{ runNo: run.no, change }} rows={bar?.count} />
        </>
      }
      onClose={onClose}
    >
      {list.isPending && <Loading rows={12} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {list.pages.length > 0 && items.length === 0 && <p className="pad ink2">这一项没有人。</p>}
      {items.length > 0 && (
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">谁</th>
              <th scope="col">项目</th>
              <th scope="col">月份</th>
              <th scope="col" className="r">
                原来
              </th>
              <th scope="col" className="r">
                现在
              </th>
              <th scope="col" className="r">
                差额
              </th>
              <th scope="col">原因</th>
            </tr>
          </thead>
          <tbody>
            {items.map(
              ({ awardId, people, programTitle, forMonth, previousFen, currentFen, fen, cause }, index) => (
                <tr key={`${awardId}${forMonth}${index}`}>
                  <td>
                    {people[0] ? (
                      <Link to="/people/$personId" params={{ personId: people[0].id }}>
                        <b>{people[0].fullName}</b>
                      </Link>
                    ) : (
                      '—'
                    )}
                    {people.length > 1 && <span className="mini"> 等 {people.length} 人</span>}
                  </td>
                  <td>{programTitle}</td>
                  <td>{forMonth}</td>
                  <td className="r">{money(previousFen)}</td>
                  <td className="r">{money(currentFen)}</td>
                  <td className="r">
                    <b>{signedMoney(fen)}</b>
                  </td>
                  <td className="wrap ink2">{cause}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      )}
      <MoreButton list={list} listed={items.length} />
    </Drawer>
  )
}
