import type { ReactNode } from 'react'
import { money, signedMoney } from './format.ts'
import { Mark } from './Icon.tsx'

export interface Explained {
  sentence: string
  totalTitle: string
  totalFen: number
  steps: readonly { label: string; shown: string; addsFen: number }[]
  facts: readonly { label: string; text: string; source: string; on: string }[]
  clauses: readonly string[]
  changes: readonly { month: string; text: string; dueFen: number | null }[]
  unknowns: readonly string[]
}

/** 为什么, one pattern everywhere: verdict, sum, facts with source and date, clause, what would change it, what nobody knows. */
export function Why({ of, children }: { of: Explained; children?: ReactNode }) {
  const { sentence, facts, clauses, changes, unknowns } = of
  return (
    <>
      <p className="why-verdict">{sentence}</p>
      <Sum of={of} />
      {facts.length > 0 && (
        <section>
          <h3>用到的事实</h3>
          <ul className="why-facts">
            {facts.map(({ label, text, source, on }, index) => (
              <li key={`${label}${index}`}>
                <span>
                  {label} {text}
                </span>
                <span className="ink2">{source}</span>
                <span className="ink2 nw">{on}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {clauses.length > 0 && (
        <section>
          <h3>依据</h3>
          {clauses.map((clause) => (
            <p className="ink2" key={clause}>
              {clause}
            </p>
          ))}
        </section>
      )}
      <section>
        <h3>什么会改变它</h3>
        {changes.length === 0 && (
          <p className="ink2">已知的标准和年龄在两年内不会改变它；情况变了要重新认定。</p>
        )}
        <ul className="why-changes">
          {changes.map(({ month, text, dueFen }) => (
            <li key={month}>
              <span>
                {month} 起，{text}
              </span>
              <b className="nw">{dueFen === null ? '还算不出' : money(dueFen)}</b>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>还不知道</h3>
        {unknowns.length === 0 && <p className="ink2">没有影响这个数的未知情况。</p>}
        {unknowns.map((unknown) => (
          <p className="hs" key={unknown}>
            <span className="warn">
              <Mark name="triangle" size={11} />
            </span>
            <span>{unknown}</span>
          </p>
        ))}
      </section>
      {children}
    </>
  )
}

/** '− 783.00' beside −783.00 would be said twice. */
function isSame(shown: string, fen: number): boolean {
  return shown.replace(/[\s+−-]/g, '') === money(Math.abs(fen))
}

/** Each line says what it adds; the lines come to the total, to the fen. */
function Sum({ of: { steps, totalTitle, totalFen } }: { of: Explained }) {
  const sum = steps.reduce((total, { addsFen }) => total + addsFen, 0)
  return (
    <div className="sumbox">
      {steps.map(({ label, shown, addsFen }, index) => (
        <div className="sumline" key={`${label}${index}`}>
          <span>{label}</span>
          {!isSame(shown, addsFen) && <span className="ink2 nw">{shown}</span>}
          <span className="nw">{index === 0 ? money(addsFen) : signedMoney(addsFen)}</span>
        </div>
      ))}
      <div className="sumline tot">
        <span>{totalTitle}</span>
        <span className="nw">{money(totalFen)}</span>
      </div>
      {steps.length > 0 && sum !== totalFen && (
        <p className="bad">各行加起来是 {money(sum)}，与结果不符，请勿据此办理并报管理员。</p>
      )}
    </div>
  )
}
