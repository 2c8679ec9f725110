import { Mark } from './Icon.tsx'
import { byLabel, type Stated } from './stated.ts'

interface CompareProps {
  /** Read out as the table's name. */
  title: string
  was: { title: string; rows: readonly Stated[] }
  will: { title: string; rows: readonly Stated[] }
}

/** A text that long is not read twice to find that it is the same. */
const LONG = 30

/** Two versions of one form side by side; what differs carries a mark and is bold. */
export function Compare({ title, was, will }: CompareProps) {
  const [before, after] = [byLabel(was.rows), byLabel(will.rows)]
  const labels = [...new Set([...before.keys(), ...after.keys()])]
  return (
    <table className="tbl compare">
      <caption className="hidden">{title}</caption>
      <thead>
        <tr>
          <th scope="col">内容</th>
          <th scope="col">{was.title}</th>
          <th scope="col">{will.title}</th>
        </tr>
      </thead>
      <tbody>
        {labels.map((label) => {
          const [old, next] = [before.get(label) || '—', after.get(label) || '—']
          const isOther = old !== next
          return (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td className="wrap ink2">{old}</td>
              <td className="wrap">
                {isOther ? (
                  <b className="flagged">
                    <span className="warn">
                      <Mark name="triangle" size={10} />
                    </span>
                    {next}
                    <span className="hidden">（不同）</span>
                  </b>
                ) : next.length > LONG ? (
                  <span className="ink2">与左边相同</span>
                ) : (
                  next
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
