import { useId, useState } from 'react'
import type { ChangeText } from './change-form.ts'
import { clashesOf, merged, type Clash, type Side, type ThreeWays } from './change-merge.ts'
import type { NameOf } from './change-words.ts'

interface MergeProps {
  ways: ThreeWays
  /** Heads of the columns: what there was before, and whose the other is. */
  titles: { before: string; theirs: string }
  nameOf: NameOf
  onMerged: (form: ChangeText) => void
}

/** What two people say differently, row by row: before, theirs, mine. Nothing is lost; the one who comes second chooses. */
export function ChangeMerge({ ways, titles, nameOf, onMerged }: MergeProps) {
  const clashes = clashesOf(ways, nameOf)
  const [picked, setPicked] = useState<Readonly<Record<string, Side>>>({})
  const sideOf = ({ label, suggested }: Clash) => picked[label] ?? suggested
  const open = clashes.filter((clash) => sideOf(clash) === undefined).length
  const take = () => {
    const sides = clashes.map((clash): [string, Side] => [clash.label, sideOf(clash) ?? 'mine'])
    if (open === 0) onMerged(merged(ways, Object.fromEntries(sides)))
  }
  return (
    <>
      <table className="tbl compare merge">
        <caption className="hidden">两份不同的地方，逐项选用哪一份</caption>
        <thead>
          <tr>
            <th scope="col">内容</th>
            <th scope="col">{titles.before}</th>
            <th scope="col">{titles.theirs}</th>
            <th scope="col">我填的</th>
          </tr>
        </thead>
        <tbody>
          {clashes.map((clash) => (
            <Row
              key={clash.label}
              clash={clash}
              side={sideOf(clash)}
              onPick={(side) => setPicked({ ...picked, [clash.label]: side })}
            />
          ))}
        </tbody>
      </table>
      <div className="pad hs">
        <button className="btn btn-1" type="button" aria-disabled={open > 0} onClick={take}>
          用选好的继续填
        </button>
        <span className="mini grow" aria-live="polite">
          {open > 0
            ? `还有 ${open} 项两人都改过，请选用哪一份`
            : '只有一人改过的已选好，可以换；选好后再看一遍，按 F8 提交'}
        </span>
      </div>
    </>
  )
}

interface RowProps {
  clash: Clash
  side: Side | undefined
  onPick: (side: Side) => void
}

function Row({ clash, side, onPick }: RowProps) {
  const name = useId()
  const choice = (each: Side, whose: string) => (
    <label className="pick-side">
      <input
        type="radio"
        name={name}
        aria-label={`${clash.label}用${whose}：${clash[each]}`}
        checked={side === each}
        onChange={() => onPick(each)}
      />
      <span>{clash[each]}</span>
    </label>
  )
  return (
    <tr>
      <th scope="row">{clash.label}</th>
      <td className="wrap ink2">{clash.before}</td>
      <td className="wrap">{choice('theirs', '同事的')}</td>
      <td className="wrap">{choice('mine', '我填的')}</td>
    </tr>
  )
}
