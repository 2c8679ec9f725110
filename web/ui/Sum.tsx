import { money } from './format.ts'
import { Mark } from './Icon.tsx'

/** The sum of a page: yuan large, fen small. */
export function Sum({ title, fen }: { title: string; fen: number }) {
  const [yuan = '', cents = ''] = money(fen).split('.')
  return (
    <div>
      <div className="mini">{title}</div>
      <div className="f f-xl">
        <span>¥</span>
        {yuan}
        <small>.{cents}</small>
      </div>
    </div>
  )
}

/** What the parts of a sum leave unexplained: it must be nought, and is shown either way. */
export function Rest({ fen, right, wrong }: { fen: number; right: string; wrong: string }) {
  const isRight = fen === 0
  return (
    <div className={isRight ? 'zero ok' : 'zero bad'}>
      <Mark name={isRight ? 'tick' : 'bang'} size={13} />
      <div>
        <b>说不清的差额 {money(fen)}</b>
        <div className="mini">{isRight ? right : wrong}</div>
      </div>
    </div>
  )
}
