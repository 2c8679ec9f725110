import { Link } from '@tanstack/react-router'
import { listPreviewPeopleEndpoint } from '../../../server/engines/benefits/preview.schema.ts'
import { useListing } from '../../app/listing.ts'
import { Drawer } from '../../ui/Ask.tsx'
import { Loading } from '../../ui/Blank.tsx'
import { money } from '../../ui/format.ts'
import { MoreButton } from '../../ui/MoreButton.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { KINDS, type Asked, type Opened } from './what-if-words.ts'

/** The people behind a figure of the trial. */
export function WhatIfPeople({
  asked,
  opened,
  onClose,
}: {
  asked: Asked
  opened: Opened
  onClose: () => void
}) {
  const input = { ...asked, ...opened, limit: 100 }
  const list = useListing(listPreviewPeopleEndpoint, input, 'after')
  const changes = list.pages.flatMap((page) => page.changes)
  return (
    <Drawer title={KINDS[opened.kind]} onClose={onClose}>
      {list.isPending && <Loading rows={12} />}
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {list.pages.length > 0 && changes.length === 0 && <p className="pad ink2">没有人。</p>}
      {changes.length > 0 && (
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">谁</th>
              <th scope="col">项目</th>
              <th scope="col">镇村</th>
              <th scope="col" className="r">
                现在
              </th>
              <th scope="col" className="r">
                新
              </th>
              <th scope="col" className="r">
                补发
              </th>
            </tr>
          </thead>
          <tbody>
            {changes.map(
              ({ awardId, people, programTitle, townName, villageName, nowFen, newFen, arrearsFen }) => (
                <tr key={awardId}>
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
                  <td>
                    {townName} {villageName}
                  </td>
                  <td className="r">{nowFen === null ? '—' : money(nowFen)}</td>
                  <td className="r">
                    <b>{newFen === null ? '—' : money(newFen)}</b>
                  </td>
                  <td className="r">{money(arrearsFen)}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      )}
      <MoreButton list={list} listed={changes.length} />
    </Drawer>
  )
}
