import { Link } from '@tanstack/react-router'
import type { AidShown } from '../../../server/domains/social-assistance/temporary-assistance-view.schema.ts'
import { PersonName } from '../../app/PersonName.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { day, money } from '../../ui/format.ts'
import { aidState, LEVELS } from './aid-words.ts'

interface AidTableProps {
  aids: readonly AidShown[]
  /** Awards ticked for filing; undefined = the reader files nothing. */
  ticked: readonly string[] | undefined
  onTick: (ticked: readonly string[]) => void
}

export function AidTable({ aids, ticked, onTick }: AidTableProps) {
  const unfiled = aids.filter(({ isUnfiled }) => isUnfiled).map(({ awardId }) => awardId)
  const isAll = unfiled.length > 0 && unfiled.every((id) => ticked?.includes(id))
  return (
    <table className="tbl">
      <caption className="hidden">临时救助，近的在前</caption>
      <thead>
        <tr>
          {ticked && (
            <th scope="col">
              {unfiled.length > 0 ? (
                <input
                  className="tick"
                  type="checkbox"
                  aria-label="勾选全部待备案的"
                  checked={isAll}
                  onChange={() => onTick(isAll ? [] : unfiled)}
                />
              ) : (
                <span className="hidden">勾选</span>
              )}
            </th>
          )}
          <th scope="col">月份</th>
          <th scope="col">状态</th>
          <th scope="col">谁</th>
          <th scope="col" className="r">
            金额（元）
          </th>
          <th scope="col">类型</th>
          <th scope="col">困难原因</th>
          <th scope="col">村（社区）</th>
          <th scope="col">谁审批</th>
          <th scope="col">备案</th>
          <th scope="col">认定</th>
        </tr>
      </thead>
      <tbody>
        {aids.map((aid) => (
          <Row key={aid.awardId} aid={aid} ticked={ticked} onTick={onTick} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ aid, ticked, onTick }: Omit<AidTableProps, 'aids'> & { aid: AidShown }) {
  const { awardId, determinationId, people, persons, month, amountFen, cause, villageName } = aid
  const [first] = people
  const isTicked = ticked?.includes(awardId) ?? false
  const toggle = () =>
    onTick(isTicked ? (ticked ?? []).filter((id) => id !== awardId) : [...(ticked ?? []), awardId])
  return (
    <tr>
      {ticked && (
        <td>
          {aid.isUnfiled && (
            <input
              className="tick"
              type="checkbox"
              aria-label={`勾选${first?.fullName ?? ''} ${month}`}
              checked={isTicked}
              onChange={toggle}
            />
          )}
        </td>
      )}
      <td>{month}</td>
      <td>
        <Chip {...aidState(aid)} />
      </td>
      <td className="wrap">
        <PersonName id={first?.id ?? null} fullName={first?.fullName ?? null} />
        {persons > 1 && <span className="mini"> 等 {persons} 人</span>}
      </td>
      <td className="r">
        <b>{money(amountFen)}</b>
      </td>
      <td className="wrap two">
        {aid.kindTitle}
        <div className="mini">{tagsOf(aid)}</div>
      </td>
      <td className="wrap ink2">{cause}</td>
      <td className="wrap ink2">{villageName ?? '—'}</td>
      <td className="wrap two">
        {LEVELS[aid.level]}
        {aid.checkedBy && <div className="mini">{aid.checkedBy}</div>}
      </td>
      <td className="ink2">{filingText(aid)}</td>
      <td>
        <Link className="verb" to="/determinations/$id" params={{ id: determinationId }} data-row="">
          看
          <span className="hidden">
            ：{first?.fullName} {month}
          </span>
        </Link>
      </td>
    </tr>
  )
}

function tagsOf({ eventTitle, registeredPoor, reliefFirst }: AidShown): string {
  return [eventTitle, registeredPoor ? '建档立卡' : '', reliefFirst ? '先行救助' : '']
    .filter(Boolean)
    .join('、')
}

function filingText({ level, filedAt, isUnfiled }: AidShown): string {
  if (filedAt !== null) return day(filedAt)
  if (isUnfiled) return '未备案'
  return level === 'county' ? '不必' : '—'
}
