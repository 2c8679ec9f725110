import { Link } from '@tanstack/react-router'
import type { z } from 'zod'
import type {
  Determination,
  getDeterminationEndpoint,
} from '../../../server/engines/benefits/determination-view.schema.ts'
import { Chip } from '../../ui/Chip.tsx'
import { Compare } from '../../ui/Compare.tsx'
import { minute, money, signedMoney } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { spanText } from '../../ui/months.ts'
import { DETERMINATION_STATES, LEVELS } from './determination-words.ts'
import { useStated } from './use-determination.ts'

type Shown = z.infer<typeof getDeterminationEndpoint.output>

/** What it changes, in money and in words. */
export function DeterminationChange({ shown }: { shown: Shown }) {
  return (
    <>
      <Amounts shown={shown} />
      <Contents determination={shown.determination} />
    </>
  )
}

/** On what ground and by whom, beside what else was decided. */
export function DeterminationGround({ shown }: { shown: Shown }) {
  return (
    <>
      <Ground determination={shown.determination} />
      <Others others={shown.others} />
    </>
  )
}

export function PeopleOf({ determination }: { determination: Determination }) {
  const { people, townName, villageName } = determination
  return (
    <span>
      {people.map(({ id, fullName }, index) => (
        <span key={id}>
          {index > 0 && '、'}
          <Link className="linked" to="/people/$personId" params={{ personId: id }}>
            {fullName}
          </Link>
        </span>
      ))}
      {people.length === 0 && '不在您管辖地区的人'}
      <span className="ink2"> {[townName, villageName].filter(Boolean).join(' ')}</span>
    </span>
  )
}

function Amounts({ shown: { determination, nowSentence, wouldSentence } }: { shown: Shown }) {
  const { nowFen, wouldFen, from, status } = determination
  const isPast = status === 'effective'
  return (
    <div className="change-box">
      <div>
        <div className="mini">{isPast ? '现行' : '现在每月'}</div>
        <div className="f">{nowFen === null ? '缺标准' : money(nowFen)}</div>
      </div>
      <Icon name="go" />
      <div>
        <div className="mini">这份认定：{from} 起每月</div>
        <div className="f">
          {wouldFen === null ? '缺标准' : money(wouldFen)}
          {nowFen !== null && wouldFen !== null && nowFen !== wouldFen && (
            <small> {signedMoney(wouldFen - nowFen)}</small>
          )}
        </div>
      </div>
      <dl className="kv sentence">
        <dt>现在</dt>
        <dd>{nowSentence ?? (nowFen === 0 ? '现在没有发放。' : '说不出来：有标准没有录入。')}</dd>
        <dt>拟</dt>
        <dd>
          {wouldSentence ??
            (determination.outcome === 'end'
              ? `${from} 起不再发放。`
              : '说不出来：有标准没有录入，或算下来没有补差。')}
        </dd>
      </dl>
    </div>
  )
}

function Contents({ determination }: { determination: Determination }) {
  const stated = useStated(determination)
  if (determination.outcome === 'end' && stated?.was.length === 0) return null
  if (!stated)
    return <p className="mini">认定的内容在待遇里，读到后显示在这里；看不到的，是没有查看待遇的权限。</p>
  const isFirst = stated.was.length === 0
  return (
    <section className="sheet">
      <header>
        <h2>认定的内容</h2>
      </header>
      {isFirst ? (
        <dl className="kv pad">
          {stated.will.map(({ label, text }, index) => (
            <Row key={`${label}${index}`} label={label} text={text} />
          ))}
        </dl>
      ) : (
        <Compare
          title="认定的内容，现在和拟定"
          was={{ title: '现在', rows: stated.was }}
          will={{ title: determination.outcome === 'end' ? '终止后' : '拟', rows: stated.will }}
        />
      )}
    </section>
  )
}

function Row({ label, text }: { label: string; text: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{text}</dd>
    </>
  )
}

function Ground({ determination }: { determination: Determination }) {
  const { cause, clause, decidedLevel, madeBy, madeAt, answeredBy, answeredAt, refusedWhy } = determination
  const { undoneBy, undoneAt, undoneWhy, status, version, editedBy, editedAt } = determination
  return (
    <dl className="kv">
      <Row label="月份" text={spanText(determination)} />
      <Row label="原因" text={cause} />
      <Row label="依据条款" text={clause || '没有写'} />
      <Row label="决定层级" text={LEVELS[decidedLevel]} />
      <Row label="提出" text={`${madeBy ?? '同事'} ${minute(madeAt)}`} />
      {editedAt && (
        <Row label="修改" text={`${editedBy ?? '同事'} ${minute(editedAt)}，现在是第 ${version} 稿`} />
      )}
      {answeredAt && (
        <Row
          label={status === 'refused' ? '退回' : '复核'}
          text={`${answeredBy ?? ''} ${minute(answeredAt)}`.trim()}
        />
      )}
      {refusedWhy && <Row label="退回原因" text={refusedWhy} />}
      {undoneAt && <Row label="撤销" text={`${undoneBy ?? ''} ${minute(undoneAt)}，${undoneWhy ?? ''}`} />}
    </dl>
  )
}

function Others({ others }: { others: readonly Determination[] }) {
  if (others.length === 0) return <p className="mini">这项待遇没有别的认定。</p>
  return (
    <section>
      <h2>同一待遇的其他认定</h2>
      <ul className="attention">
        {others.map((other) => (
          <li key={other.id}>
            <div className="grow">
              <Link to="/determinations/$id" params={{ id: other.id }}>
                {other.kindTitle} {spanText(other)}
              </Link>
              <div className="mini">{other.cause}</div>
            </div>
            <Chip {...DETERMINATION_STATES[other.status]} />
          </li>
        ))}
      </ul>
    </section>
  )
}
