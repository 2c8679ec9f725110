import { Blank } from '../../ui/Blank.tsx'
import { minute } from '../../ui/format.ts'
import type { PersonFile } from './person-shown.ts'

/** Every fact in force, with where it comes from and since when. */
export function PersonFacts({ facts }: { facts: PersonFile['facts'] }) {
  if (facts.length === 0)
    return (
      <Blank title="还没有登记情况">
        <p>收入、残疾、住所等情况登记后在这里，每条有来源和日期。</p>
      </Blank>
    )
  return (
    <section className="sheet inset scroll-x">
      <table className="tbl">
        <caption className="hidden">登记情况</caption>
        <thead>
          <tr>
            <th scope="col">情况</th>
            <th scope="col">内容</th>
            <th scope="col">自</th>
            <th scope="col">至</th>
            <th scope="col">来源</th>
            <th scope="col">登记</th>
          </tr>
        </thead>
        <tbody>
          {facts.map(({ id, title, text, from, to, source, recordedAt, recordedBy }) => (
            <tr key={id}>
              <td>
                <b>{title}</b>
              </td>
              <td className="wrap">{text}</td>
              <td>{from}</td>
              <td>{to ?? '至今'}</td>
              <td>{source}</td>
              <td className="ink2">
                {minute(recordedAt)} {recordedBy}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
