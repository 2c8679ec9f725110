import { useState, type CSSProperties } from 'react'
import type { z } from 'zod'
import type { previewStandardsEndpoint } from '../../../server/engines/benefits/preview.schema.ts'
import { count, money, signedMoney } from '../../ui/format.ts'
import { Mark } from '../../ui/Icon.tsx'
import { KINDS, type Asked, type Opened } from './what-if-words.ts'
import { WhatIfPeople } from './WhatIfPeople.tsx'

type Result = z.infer<typeof previewStandardsEndpoint.output>
interface ResultProps {
  result: Result
  asked: Asked
  /** The form has changed since: the figures are dimmed until the new ones are there. */
  isOld: boolean
}

/** Who, how much, where, and what has to be paid for months that are settled already. */
export function WhatIfResult({ result, asked, isOld }: ResultProps) {
  const [opened, setOpened] = useState<Opened>()
  return (
    <div className={isOld ? 'stack is-old' : 'stack'} aria-busy={isOld}>
      <Tiles result={result} onOpen={setOpened} />
      <Arrears result={result} onOpen={setOpened} />
      <Histogram result={result} />
      <Towns result={result} onOpen={setOpened} />
      {result.losers.length > 0 && <Losers result={result} />}
      {opened && <WhatIfPeople asked={asked} opened={opened} onClose={() => setOpened(undefined)} />}
    </div>
  )
}

interface PartProps {
  result: Result
  onOpen: (opened: Opened) => void
}

function Tiles({ result: { kinds, monthlyFen }, onOpen }: PartProps) {
  const shown = (['gained', 'lost', 'leaving', 'unchanged', 'unknown'] as const).filter(
    (kind) => kind !== 'unknown' || kinds.unknown.awards > 0,
  )
  return (
    <div className="tiles">
      {shown.map((kind) => (
        <div key={kind} className="tile">
          <span className="mini">
            {(kind === 'lost' || kind === 'leaving') && kinds[kind].people > 0 && (
              <span className="warn">
                <Mark name="triangle" size={10} />{' '}
              </span>
            )}
            {KINDS[kind]}
          </span>
          <span>
            <button className="num f" type="button" onClick={() => onOpen({ kind })}>
              {count(kinds[kind].people)}
            </button>{' '}
            <span className="mini">人，{count(kinds[kind].awards)} 份</span>
          </span>
        </div>
      ))}
      <div className="tile tile-main">
        <span className="mini">每月增加（元）</span>
        <span className="f">{signedMoney(monthlyFen)}</span>
      </div>
    </div>
  )
}

function Arrears({ result: { arrears, recoveries, programs }, onOpen }: PartProps) {
  const months = [...new Set(programs.flatMap(({ arrearsMonths }) => arrearsMonths))].sort()
  return (
    <section className="sheet pad">
      <h2>{months.length === 0 ? '不用补发' : `补发 ${months.length} 个月`}</h2>
      {months.length > 0 && (
        <>
          <p className="ink2">{months.join('、')}已经发布，差额在下一次核算里逐月补发，已发布的账不动。</p>
          <div className="sumbox">
            <div className="sumline">
              <span>
                <button className="num" type="button" onClick={() => onOpen({ kind: 'arrears' })}>
                  {count(arrears.people)} 人
                </button>
                ，{count(arrears.lines)} 笔
              </span>
              <b>{money(arrears.fen)}</b>
            </div>
          </div>
        </>
      )}
      {recoveries.lines > 0 && (
        <p className="notice notice-warn">
          另有 {count(recoveries.lines)} 笔会变少，合 {money(-recoveries.fen)}{' '}
          元。没有两个人决定更正之前，不会向任何人追回。{' '}
          <button className="num" type="button" onClick={() => onOpen({ kind: 'recoveries' })}>
            看名单
          </button>
        </p>
      )}
    </section>
  )
}

function Histogram({ result: { histogram } }: { result: Result }) {
  const most = Math.max(1, ...histogram.map(({ awards }) => awards))
  const top = histogram.reduce<Result['histogram'][number] | undefined>(
    (best, each) => (best && best.awards >= each.awards ? best : each),
    undefined,
  )
  if (!top) return null
  return (
    <section className="sheet">
      <header>
        <h2>
          最多的是每月{rangeText(top)} 元，{count(top.awards)} 份
        </h2>
        <span className="mini">每份每月变化，元</span>
      </header>
      <ul className="histogram">
        {histogram.map((each) => (
          <li key={each.from}>
            <b>{count(each.awards)}</b>
            <i
              aria-hidden="true"
              className={each.to < 0 ? 'hatch' : ''}
              style={{ '--part': `${(each.awards / most) * 100}%` } as CSSProperties}
            />
            <span className="mini">{rangeText(each)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function rangeText({ from, to }: { from: number; to: number }): string {
  const short = (fen: number) => signedMoney(fen).replace(/\.00$/, '')
  return from === to ? short(from) : `${short(from)} 至 ${short(to)}`
}

function Towns({ result: { towns, monthlyFen, kinds }, onOpen }: PartProps) {
  const most = Math.max(1, ...towns.map((town) => Math.abs(town.monthlyFen)))
  return (
    <section className="sheet scroll-x">
      <header>
        <h2>各镇要花多少</h2>
      </header>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">镇街</th>
            <th scope="col" className="r">
              变多
            </th>
            <th scope="col" className="r">
              变少
            </th>
            <th scope="col">每月增加</th>
            <th scope="col" className="r">
              元
            </th>
            <th scope="col" className="r">
              补发（元）
            </th>
          </tr>
        </thead>
        <tbody>
          {towns.map((town) => (
            <tr key={town.town ?? ''}>
              <td>{town.name ?? town.town ?? '未登记'}</td>
              {(['gained', 'lost'] as const).map((kind) => (
                <td key={kind} className="r">
                  {town.kinds[kind].people === 0 || town.town === null ? (
                    count(town.kinds[kind].people)
                  ) : (
                    <button
                      className="num"
                      type="button"
                      onClick={() => town.town !== null && onOpen({ kind, town: town.town })}
                    >
                      {count(town.kinds[kind].people)}
                    </button>
                  )}
                </td>
              ))}
              <td>
                <span className="meter" aria-hidden="true">
                  <i style={{ '--part': `${(Math.abs(town.monthlyFen) / most) * 100}%` } as CSSProperties} />
                </span>
              </td>
              <td className="r">{signedMoney(town.monthlyFen)}</td>
              <td className="r">{money(town.arrears.fen)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>合计</td>
            <td className="r">{count(kinds.gained.people)}</td>
            <td className="r">{count(kinds.lost.people)}</td>
            <td />
            <td className="r">{signedMoney(monthlyFen)}</td>
            <td className="r">{money(towns.reduce((sum, { arrears }) => sum + arrears.fen, 0))}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  )
}

function Losers({ result: { losers } }: { result: Result }) {
  return (
    <section className="sheet pad">
      <h2>变少的 {losers.length} 份，为什么</h2>
      {losers.map((each) => (
        <div key={each.awardId} className="sumbox">
          <div className="hs">
            <b>{each.people[0]?.fullName ?? '—'}</b>
            <span className="mini">
              {each.programTitle} {each.townName}
            </span>
            <span className="grow" />
            <b>{signedMoney((each.newFen ?? 0) - (each.nowFen ?? 0))}</b>
          </div>
          <p className="ink2">现在：{each.nowSentence}</p>
          <p className="ink2">新：{each.newSentence}</p>
        </div>
      ))}
    </section>
  )
}
