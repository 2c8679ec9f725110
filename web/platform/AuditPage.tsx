import { useState } from 'react'
import { exportAudit } from '../../server/platform/audit-export.schema.ts'
import {
  listAuditEndpoint,
  listAuditEventsEndpoint,
  type AuditRowShown,
  type Outcome,
} from '../../server/platform/audit-view.schema.ts'
import { useEndpoint } from '../app/api.ts'
import { ExportButton } from '../app/ExportButton.tsx'
import { useListing } from '../app/listing.ts'
import { Page } from '../app/Page.tsx'
import { useAsker } from '../app/session.tsx'
import { Blank, Loading } from '../ui/Blank.tsx'
import { Chip } from '../ui/Chip.tsx'
import { Field, Select } from '../ui/Field.tsx'
import { minute } from '../ui/format.ts'
import { MoreButton } from '../ui/MoreButton.tsx'
import { Problem } from '../ui/Problem.tsx'
import { AuditSeals } from './AuditSeals.tsx'
import { OUTCOMES, subjectParts } from './audit-words.ts'

interface Filter {
  from: string
  to: string
  actor: string
  event: string
  outcome: '' | Outcome
  release: string
}

const NONE: Filter = { from: '', to: '', actor: '', event: '', outcome: '', release: '' }
const OUTCOME_CHOICES = Object.entries(OUTCOMES).map(([key, { word }]) => ({ key, title: word }))

/** Who did what, when, and how it ended; ids and counts only. What is looked for stays out of the address: a login is a person. */
export function AuditPage() {
  const { county } = useAsker()
  const [typed, setTyped] = useState(NONE)
  const [asked, setAsked] = useState(NONE)
  const list = useListing(listAuditEndpoint, { county, ...filterOf(asked) }, 'after')
  const rows = list.pages.flatMap((page) => page.rows)
  const isNarrow = asked !== NONE
  return (
    <Page
      title="操作记录"
      crumb="核查 / 审计"
      actions={rows.length > 0 && <ExportButton contract={exportAudit} filter={filterOf(asked)} />}
    >
      <div className="stack">
        <AuditSeals />
        <Filters
          typed={typed}
          onType={setTyped}
          onAsk={() => setAsked({ ...typed, actor: typed.actor.trim() })}
          onClear={() => {
            setTyped(NONE)
            setAsked(NONE)
          }}
        />
        {list.isPending && <Loading rows={12} />}
        {list.error && <Problem error={list.error} onRetry={list.retry} />}
        {!list.isPending && !list.error && rows.length === 0 && (
          <Blank title={isNarrow ? '没有这样的操作记录' : '还没有操作记录'}>
            <p>放宽时间，或者去掉一个条件再查。登录名要写全。</p>
          </Blank>
        )}
        {rows.length > 0 && (
          <section className="sheet scroll-x" tabIndex={0} aria-label="操作记录">
            <Rows rows={rows} />
            <MoreButton list={list} listed={rows.length} />
          </section>
        )}
      </div>
    </Page>
  )
}

function filterOf({ from, to, actor, event, outcome, release }: Filter) {
  return {
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(actor ? { actor } : {}),
    ...(event ? { event } : {}),
    ...(outcome ? { outcome } : {}),
    ...(numberIn(release) ? { release: numberIn(release) } : {}),
  }
}

/** 441882-000012 as it stands on paper, or 12. */
function numberIn(text: string): number {
  return Number(/\d+$/.exec(text.trim())?.[0] ?? 0)
}

interface FiltersProps {
  typed: Filter
  onType: (filter: Filter) => void
  onAsk: () => void
  onClear: () => void
}

function Filters({ typed, onType, onAsk, onClear }: FiltersProps) {
  const { county } = useAsker()
  const events = useEndpoint(listAuditEventsEndpoint, { county })
  const change = (part: Partial<Filter>) => onType({ ...typed, ...part })
  const choices = (events.data?.events ?? []).map(({ event, title }) => ({ key: event, title }))
  return (
    <form
      className="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        onAsk()
      }}
    >
      <Field label="从哪天" type="date" value={typed.from} onChange={(from) => change({ from })} />
      <Field label="到哪天" type="date" value={typed.to} onChange={(to) => change({ to })} />
      <Field label="谁（登录名）" value={typed.actor} onChange={(actor) => change({ actor })} />
      <Select
        label="做了什么"
        none="全部"
        value={typed.event}
        choices={choices}
        onChange={(event) => change({ event })}
      />
      <Select
        label="结果"
        none="全部"
        value={typed.outcome}
        choices={OUTCOME_CHOICES}
        onChange={(outcome) => change({ outcome: outcome as Filter['outcome'] })}
      />
      <Field label="导出或打印编号" value={typed.release} onChange={(release) => change({ release })} />
      <button className="btn btn-1" type="submit">
        查记录 <kbd>Enter</kbd>
      </button>
      <button className="btn" type="button" onClick={onClear}>
        清空条件
      </button>
    </form>
  )
}

function Rows({ rows }: { rows: readonly AuditRowShown[] }) {
  return (
    <table className="tbl">
      <caption className="hidden">操作记录，新的在前</caption>
      <thead>
        <tr>
          <th scope="col">时间</th>
          <th scope="col">谁</th>
          <th scope="col">做了什么</th>
          <th scope="col">结果</th>
          <th scope="col">涉及（编号与数量）</th>
          <th scope="col">请求</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, at, who, title, event, outcome, outcomeTitle, code, subject, requestId }) => (
          <tr key={id}>
            <td>{minute(at)}</td>
            <td>
              {who === null ? (
                <span className="dim">未登录或系统</span>
              ) : (
                <>
                  <b>{who.fullName}</b> <span className="mini">{[who.login, ...who.roles].join(' · ')}</span>
                </>
              )}
            </td>
            <td title={event}>{title}</td>
            <td>
              <Chip tone={OUTCOMES[outcome].tone} word={outcomeTitle} />
              {code !== null && <span className="mini mono"> {code}</span>}
            </td>
            <td className="wrap ink2">
              {subjectParts(subject).map((part) => (
                <span key={part.title} className="fact" title={part.whole}>
                  {part.title} <span className="mono">{part.text}</span>
                </span>
              ))}
            </td>
            <td className="mono dim" title={requestId}>
              {requestId.slice(0, 8)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
