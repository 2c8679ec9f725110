import { Link } from '@tanstack/react-router'
import { useAsker } from '../../app/session.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { minute } from '../../ui/format.ts'
import type { AwardShown } from './award-shown.ts'
import { spanText } from '../../ui/months.ts'
import { DETERMINATION_STATES } from './determination-words.ts'

/** Every decision, the latest first: what it says, on what ground, by whom. */
export function AwardDecisions({ determinations }: { determinations: AwardShown['determinations'] }) {
  const { mayDo } = useAsker()
  const mayOpen = mayDo('benefits.determination.read')
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>历次认定</h2>
        <span className="mini">{determinations.length} 份，近的在前</span>
      </header>
      <table className="tbl">
        <caption className="hidden">历次认定</caption>
        <thead>
          <tr>
            <th scope="col">认定</th>
            <th scope="col">状态</th>
            <th scope="col">内容</th>
            <th scope="col">原因与依据</th>
            <th scope="col">谁办的</th>
          </tr>
        </thead>
        <tbody>
          {determinations.map((each) => (
            <tr key={each.id}>
              <td className="two">
                {mayOpen ? (
                  <Link to="/determinations/$id" params={{ id: each.id }}>
                    <b>{each.title}</b>
                  </Link>
                ) : (
                  <b>{each.title}</b>
                )}
                <div className="mini">{spanText({ from: each.fromMonth, to: each.toMonth })}</div>
              </td>
              <td>
                <Chip tone={DETERMINATION_STATES[each.status].tone} word={each.statusTitle} />
              </td>
              <td className="wrap two">
                {each.states.map(({ label, text }) => `${label} ${text}`).join('；') || '不再发放'}
              </td>
              <td className="wrap two ink2">
                {each.cause}
                <div className="mini">{each.clause}</div>
              </td>
              <td className="wrap two">
                {each.madeBy ?? '同事'}提出 <span className="mini">{minute(each.madeAt)}</span>
                {each.recordedAt && (
                  <div>
                    {each.checkedBy ?? '同事'}复核 <span className="mini">{minute(each.recordedAt)}</span>
                  </div>
                )}
                {each.undoneAt && (
                  <div className="bad">
                    {each.undoneBy ?? '同事'}撤销 {minute(each.undoneAt)}：{each.undoneWhy}
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
