import { memo } from 'react'
import { Compare } from '../../ui/Compare.tsx'
import { count, money } from '../../ui/format.ts'
import type { ChangeForm } from './change-form.ts'
import type { AwardShown, Start } from './change-start.ts'
import { statesOf, type NameOf } from './change-words.ts'

interface EffectProps {
  start: Start
  form: ChangeForm
  nameOf: NameOf
}

export const ChangeEffect = memo(Effect)

/** What becomes another, and for which months. */
function Effect({ start, form, nameOf }: EffectProps) {
  return (
    <div className="stack">
      <section className="sheet">
        <header>
          <h2>改前改后</h2>
        </header>
        <Compare
          title="认定的内容，现在和改后"
          was={{ title: '现在', rows: statesOf(start.before, nameOf) }}
          will={{
            title: form.kind === 'end' ? '终止后' : '改后',
            rows: form.kind === 'end' ? [] : statesOf(form.content, nameOf),
          }}
        />
      </section>
      <Months award={start.award} form={form} />
    </div>
  )
}

/** Months already settled that will be counted again, and those to come. */
function Months({ award, form: { from, to, kind } }: { award: AwardShown; form: ChangeForm }) {
  const settled = award.months.filter(
    ({ month }) => from !== '' && month >= from && (to === '' || kind === 'end' || month <= to),
  )
  return (
    <section className="sheet">
      <header>
        <h2>涉及的月份</h2>
        {settled.length > 0 && <span className="mini">{count(settled.length)} 个月算过</span>}
      </header>
      {from === '' && <p className="pad ink2">填好“从哪个月起”，这里列出要重算的月份。</p>}
      {from !== '' && settled.length === 0 && (
        <p className="pad ink2">{from} 起的各月还没有核算，到时直接按新内容算，不产生补发或追回。</p>
      )}
      {settled.length > 0 && (
        <>
          <table className="tbl">
            <caption className="hidden">已经算过、要重算的月份</caption>
            <thead>
              <tr>
                <th scope="col">月份</th>
                <th scope="col" className="r">
                  已算应付（元）
                </th>
                <th scope="col" className="r">
                  已到账
                </th>
                <th scope="col">复核后</th>
              </tr>
            </thead>
            <tbody>
              {settled.map(({ month, dueFen, paidFen }) => (
                <tr key={month}>
                  <td>{month}</td>
                  <td className="r">{money(dueFen)}</td>
                  <td className="r">{money(paidFen)}</td>
                  <td className="ink2">{kind === 'end' ? '应付变为 0' : '重算差额'}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="pad mini">
            少发的在下一次核算补发；多发的不会自动扣，要经决定才追回。每月变成多少，提出后由系统算出，复核人会看到。
          </p>
        </>
      )}
    </section>
  )
}
