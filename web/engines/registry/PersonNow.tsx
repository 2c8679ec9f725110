import { Link } from '@tanstack/react-router'
import { Chip } from '../../ui/Chip.tsx'
import { money } from '../../ui/format.ts'
import { Mark } from '../../ui/Icon.tsx'
import { AWARD_TONES } from './award-words.ts'
import type { PersonFile } from './person-shown.ts'

type Award = NonNullable<PersonFile['money']>['awards'][number]

/** What the person has now, what wants a look, and the household. */
export function PersonNow({ file, onWhy }: { file: PersonFile; onWhy: (awardId: string) => void }) {
  return (
    <section className="person-now" aria-label="现在的情况">
      <section>
        <h2>现在</h2>
        {file.hidden.money && <p className="notice">{file.hidden.money.text}</p>}
        {file.money?.awards.length === 0 && <p className="mini">没有待遇。</p>}
        {file.money?.awards.map((award) => (
          <NowAward key={award.id} award={award} onWhy={onWhy} />
        ))}
      </section>
      <Attention file={file} />
      {file.household && <Household household={file.household} />}
    </section>
  )
}

function NowAward({ award, onWhy }: { award: Award; onWhy: (awardId: string) => void }) {
  const { id, programTitle, through, state, stateTitle, amount } = award
  return (
    <div className="nowbox">
      <div className="hs">
        <Link to="/awards/$awardId" params={{ awardId: id }}>
          {programTitle}
        </Link>
        <span className="grow" />
        <Chip tone={AWARD_TONES[state]} word={stateTitle} />
      </div>
      {amount && (
        <>
          <div className="f">
            {money(amount.ownFen)}
            <small> 元，{amount.month}</small>
          </div>
          <div className="hs">
            <span className="mini">
              {through === 'household' ? `全户 ${money(amount.dueFen)} 元` : '本人待遇'}
            </span>
            <span className="grow" />
            <button className="why" type="button" onClick={() => onWhy(id)}>
              为什么
            </button>
          </div>
        </>
      )}
    </div>
  )
}

function Attention({ file: { money: cash } }: { file: PersonFile }) {
  if (!cash) return null
  const items = [
    ...cash.awards.flatMap(({ questions }) =>
      questions.map(({ id, title, openedAt }) => ({
        id,
        tone: 'warn',
        title,
        text: `${openedAt.slice(0, 10)} 起待核实`,
      })),
    ),
    ...cash.holds.map(({ id, cause, fromMonth, reviewOn }) => ({
      ...{ id, tone: 'warn', title: `暂缓发放：${cause}` },
      text: `自 ${fromMonth}，${reviewOn} 前复查；欠着不丢，核清后补发`,
    })),
    ...cash.claims
      .filter(({ status }) => status === 'open')
      .map(({ id, forMonth, openFen }) => ({
        ...{ id, tone: 'bad', title: `${forMonth} 多发 ${money(openFen)} 元待追回` },
        text: '见待遇与钱',
      })),
    ...cash.unpaid.map(({ id, forMonth, fen, statusTitle, reason }) => ({
      ...{ id, tone: 'bad', title: `${forMonth} ${money(fen)} 元${statusTitle}` },
      text: reason ?? '原因银行未说明',
    })),
  ]
  return (
    <section>
      <h2>
        需要注意 <i>{items.length}</i>
      </h2>
      {items.length === 0 && <p className="mini">没有要注意的。</p>}
      <ul className="attention">
        {items.map(({ id, tone, title, text }) => (
          <li key={id}>
            <span className={tone}>
              <Mark name={tone === 'bad' ? 'bang' : 'triangle'} />
            </span>
            <div>
              <b>{title}</b>
              <div className="mini">{text}</div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Household({ household: { id, members } }: { household: NonNullable<PersonFile['household']> }) {
  return (
    <section>
      <h2>
        家庭 <i>{members.length} 人</i>
      </h2>
      <ul className="family">
        {members.map(({ personId, fullName, relationTitle, age, isSelf, tags }) => (
          <li key={personId} className={isSelf ? 'is-self' : ''}>
            {isSelf || fullName === null ? (
              <b>{fullName ?? '不在您管辖地区'}</b>
            ) : (
              <Link to="/people/$personId" params={{ personId }}>
                <b>{fullName}</b>
              </Link>
            )}
            <span>{age ?? '—'}</span>
            <span className="ink2">{isSelf ? '本人' : relationTitle}</span>
            {tags.length > 0 && <span className="mini">{tags.map(({ title }) => title).join('、')}</span>}
          </li>
        ))}
      </ul>
      <Link to="/households/$householdId" params={{ householdId: id }}>
        看一户一档
      </Link>
    </section>
  )
}
