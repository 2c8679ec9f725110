import { Link } from '@tanstack/react-router'
import { Chip } from '../../ui/Chip.tsx'
import { money } from '../../ui/format.ts'
import type { AidPerson } from './aid-form.ts'

/** What the person was given before and has now: the same trouble is not helped twice unseen. */
export function AidBefore({ file: { money: cash, hidden } }: { file: AidPerson }) {
  const awards = cash?.awards ?? []
  const earlier = awards.filter(({ program }) => program === 'temporary_assistance')
  const others = awards.filter(({ program }) => program !== 'temporary_assistance')
  return (
    <section className="sheet case-side">
      <h2>
        以前的临时救助<i>{earlier.length} 笔</i>
      </h2>
      {hidden.money && <p className="mini">{hidden.money.text}</p>}
      {!hidden.money && earlier.length === 0 && <p className="ink2">没有以本人为救助对象的。</p>}
      <ul className="why-changes">
        {earlier.map(({ id, sinceMonth, proposals, amount, stateTitle }) => (
          <li key={id}>
            <Link to="/awards/$awardId" params={{ awardId: id }}>
              {sinceMonth ?? proposals[0]?.fromMonth ?? '待定'}
            </Link>
            <span>{stateTitle}</span>
            <b className="nw">{amount ? `${money(amount.dueFen)} 元` : '—'}</b>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <>
          <h3>现在的待遇</h3>
          <ul className="why-changes">
            {others.map(({ id, programTitle, stateTitle, state }) => (
              <li key={id}>
                <Link to="/awards/$awardId" params={{ awardId: id }}>
                  {programTitle}
                </Link>
                <Chip tone={state === 'active' ? 'ok' : 'off'} word={stateTitle} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
