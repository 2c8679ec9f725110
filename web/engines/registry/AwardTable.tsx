import { Link } from '@tanstack/react-router'
import type { AwardInFile } from '../../../server/engines/registry/file-money.schema.ts'
import { Chip } from '../../ui/Chip.tsx'
import { money } from '../../ui/format.ts'
import { AWARD_TONES } from './award-words.ts'

/** Awards of a person or a household: since when, for whom, how much and how it was found. */
export function AwardTable({ awards }: { awards: readonly AwardInFile[] }) {
  return (
    <table className="tbl">
      <caption className="hidden">待遇</caption>
      <thead>
        <tr>
          <th scope="col">项目</th>
          <th scope="col">状态</th>
          <th scope="col">自</th>
          <th scope="col">至</th>
          <th scope="col">领款</th>
          <th scope="col" className="r">
            最近一月（元）
          </th>
          <th scope="col">怎么算的</th>
        </tr>
      </thead>
      <tbody>
        {awards.map(({ id, programTitle, state, stateTitle, sinceMonth, endMonth, payee, amount }) => (
          <tr key={id}>
            <td>
              <Link to="/awards/$awardId" params={{ awardId: id }}>
                <b>{programTitle}</b>
              </Link>
            </td>
            <td>
              <Chip tone={AWARD_TONES[state]} word={stateTitle} />
            </td>
            <td>{sinceMonth ?? '—'}</td>
            <td>{endMonth ? `${endMonth} 前` : '—'}</td>
            <td>{payee?.name ?? '—'}</td>
            <td className="r">{amount ? money(amount.dueFen) : '—'}</td>
            <td className="wrap ink2">{amount?.sentence}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
