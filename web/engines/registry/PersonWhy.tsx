import type { AwardInFile } from '../../../server/engines/registry/person-file.schema.ts'
import { money } from '../../ui/format.ts'

/** 为什么是这个数: the sum, and what it rests on. */
export function PersonWhy({ award }: { award: AwardInFile }) {
  const { amount, programTitle } = award
  if (!amount) return null
  return (
    <aside className="person-why" aria-live="polite">
      <h2>
        为什么是 {money(amount.dueFen)} 元 <i>{amount.month}</i>
      </h2>
      <p className="ink2">{programTitle}</p>
      <p className="sumbox">{amount.sentence}</p>
    </aside>
  )
}
