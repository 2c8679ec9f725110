import type { DatedValue } from '../../../server/engines/benefits/standard.schema.ts'
import { Drawer } from '../../ui/Ask.tsx'
import { minute } from '../../ui/format.ts'

interface DatedProps {
  title: string
  values: readonly DatedValue[]
  onClose: () => void
}

/** What a standard or setting was and is, the latest first, with who brought it. */
export function DatedValues({ title, values, onClose }: DatedProps) {
  return (
    <Drawer title={title} onClose={onClose}>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">自</th>
            <th scope="col">至</th>
            <th scope="col" className="r">
              值
            </th>
            <th scope="col">依据</th>
            <th scope="col">提出</th>
            <th scope="col">发布</th>
          </tr>
        </thead>
        <tbody>
          {values.map((each) => (
            <tr key={each.id} className={each.supersededAt ? 'dim' : ''}>
              <td>{each.from}</td>
              <td>{each.to ?? '至今'}</td>
              <td className="r">
                <b>{each.text}</b>
              </td>
              <td className="wrap">{each.basis}</td>
              <td className="wrap">
                {each.proposedBy} {minute(each.proposedAt)}
              </td>
              <td className="wrap">
                {each.publishedBy} {minute(each.recordedAt)}
                {each.supersededAt && <div className="mini">{minute(each.supersededAt)} 被后来的取代</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Drawer>
  )
}
