import { Link } from '@tanstack/react-router'
import type { Determination } from '../../../server/engines/benefits/determination-view.schema.ts'
import { Chip } from '../../ui/Chip.tsx'
import { minute, money } from '../../ui/format.ts'
import { spanText } from '../../ui/months.ts'
import { DETERMINATION_STATES } from './determination-words.ts'

interface TableProps {
  rows: readonly Determination[]
  chosen: string | undefined
  ticked: ReadonlySet<string>
  onTick: (ticked: ReadonlySet<string>) => void
  onChoose: (id: string) => void
}

/** The queue; what has the focus is what stands beside it, what is ticked is checked together. */
export function DeterminationTable({ rows, chosen, ticked, onTick, onChoose }: TableProps) {
  const open = rows.filter(({ may }) => may.check)
  const isAll = open.length > 0 && open.every(({ id }) => ticked.has(id))
  return (
    <section className="sheet scroll-x">
      <table className="tbl">
        <caption className="hidden">认定，先提出的在前</caption>
        <thead>
          <tr>
            {open.length > 0 && (
              <th scope="col">
                <input
                  className="tick"
                  type="checkbox"
                  aria-label={`选中您能复核的 ${open.length} 份`}
                  checked={isAll}
                  onChange={() => onTick(new Set(isAll ? [] : open.map(({ id }) => id)))}
                />
              </th>
            )}
            <th scope="col">谁</th>
            <th scope="col">项目</th>
            <th scope="col">月份</th>
            <th scope="col" className="r">
              现在（元）
            </th>
            <th scope="col" className="r">
              将是
            </th>
            <th scope="col">原因，谁提出</th>
            <th scope="col">状态</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.id}
              {...{
                row,
                isChosen: row.id === chosen,
                hasTicks: open.length > 0,
                isTicked: ticked.has(row.id),
              }}
              onChoose={() => onChoose(row.id)}
              onTick={() => onTick(toggled(ticked, row.id))}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function toggled(ticked: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ticked)
  if (!next.delete(id)) next.add(id)
  return next
}

interface RowProps {
  row: Determination
  isChosen: boolean
  hasTicks: boolean
  isTicked: boolean
  onChoose: () => void
  onTick: () => void
}

function Row({ row, isChosen, hasTicks, isTicked, onChoose, onTick }: RowProps) {
  const { id, people, townName, villageName, may } = row
  const [first] = people
  return (
    <tr className="pick" aria-selected={isChosen} onClick={onChoose} onFocus={onChoose}>
      {hasTicks && (
        <td>
          {may.check && (
            <input
              className="tick"
              type="checkbox"
              aria-label={`选中 ${first?.fullName ?? ''} ${row.programTitle}`}
              checked={isTicked}
              onChange={onTick}
            />
          )}
        </td>
      )}
      <td className="wrap two who">
        <Link to="/determinations/$id" params={{ id }} className="verb" data-row="">
          {first?.fullName ?? '不在您管辖地区'}
        </Link>
        {people.length > 1 && <span className="mini"> 等 {people.length} 人</span>}
        <div className="mini">{villageName ?? townName}</div>
      </td>
      <td className="two">
        {row.programTitle}
        <div className="mini">{row.kindTitle}</div>
      </td>
      <td>{spanText(row)}</td>
      <td className="r">{row.nowFen === null ? '缺标准' : money(row.nowFen)}</td>
      <td className="r">
        <b>{row.wouldFen === null ? '缺标准' : money(row.wouldFen)}</b>
      </td>
      <td className="wrap two">
        {row.cause}
        <div className="mini">
          {row.madeBy ?? '同事'} {minute(row.madeAt)}
        </div>
      </td>
      <td>
        <Chip {...DETERMINATION_STATES[row.status]} />
      </td>
    </tr>
  )
}
