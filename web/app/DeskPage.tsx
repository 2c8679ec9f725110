import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { getInboxEndpoint } from '../../server/platform/inbox.schema.ts'
import { Blank, Loading } from '../ui/Blank.tsx'
import { Chip } from '../ui/Chip.tsx'
import { count, minute } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'
import { useEndpoint } from './api.ts'
import { DeskGroupLink, DeskLink } from './DeskLink.tsx'
import { DeskPanel } from './DeskPanel.tsx'
import { deskWords, type DeskGroup, type Waiting } from './desk-words.ts'
import { Page } from './Page.tsx'
import { pagesFor, PLACES } from './pages.ts'
import { useRowKeys } from './rows.ts'
import { useAsker } from './session.tsx'
import { UnsentDrafts } from './UnsentDrafts.tsx'

/** 工作台: what waits for the reader, why it came here, and the next act of each. */
export function DeskPage() {
  const { mayDo } = useAsker()
  return mayDo('platform.inbox.read') ? <Desk /> : <Places />
}

function rowsOf(groups: readonly DeskGroup[]): Waiting[] {
  return groups.flatMap(({ kind, items }) =>
    items.map((item) => ({ ...item, kind, key: `${kind} ${Object.values(item.target).join(' ')}` })),
  )
}

function Desk() {
  const { county } = useAsker()
  const inbox = useEndpoint(getInboxEndpoint, { county })
  const [chosen, setChosen] = useState<string>()
  const list = useRowKeys<HTMLDivElement>()
  const rows = rowsOf(inbox.data?.groups ?? [])
  const row = rows.find(({ key }) => key === chosen) ?? rows[0]
  return (
    <div className={row ? 'desk' : 'desk-main grow'}>
      <div className="desk-main">
        <Page title="工作台" aside={<span className="ink2">{tellCount(inbox.data?.count)}</span>}>
          <div className="stack">
            <div ref={list}>
              {inbox.isPending && <Loading rows={12} />}
              {inbox.error && <Problem error={inbox.error} onRetry={() => void inbox.refetch()} />}
              {inbox.data && rows.length === 0 && <Done />}
              {inbox.data && rows.length > 0 && (
                <Queue groups={inbox.data.groups} chosen={row?.key} onChoose={setChosen} />
              )}
            </div>
            <UnsentDrafts />
          </div>
        </Page>
        {row && (
          <p className="keys-bar">
            <span>
              <kbd>↑</kbd> <kbd>↓</kbd> 选择
            </span>
            <span>
              <kbd>Enter</kbd> 打开
            </span>
            <span>
              <kbd>Ctrl K</kbd> 找人、找功能
            </span>
          </p>
        )}
      </div>
      {row && <DeskPanel item={row} />}
    </div>
  )
}

function tellCount(waiting: number | undefined): string {
  if (waiting === undefined) return ''
  return waiting === 0 ? '没有等您办的' : `等您办的 ${count(waiting)} 项，等得久的在前`
}

interface QueueProps {
  groups: readonly DeskGroup[]
  chosen: string | undefined
  onChoose: (key: string) => void
}

function Queue({ groups, chosen, onChoose }: QueueProps) {
  return (
    <section className="sheet scroll-x">
      <table className="tbl">
        <caption className="hidden">等您办的事项</caption>
        <thead>
          <tr>
            <th scope="col">何时到的</th>
            <th scope="col">状态</th>
            <th scope="col">事项</th>
            <th scope="col">谁</th>
            <th scope="col">下一步</th>
            <th scope="col">为什么到我这</th>
          </tr>
        </thead>
        {groups.map((group) => (
          <Group key={group.kind} group={group} chosen={chosen} onChoose={onChoose} />
        ))}
      </table>
    </section>
  )
}

function Group({ group, chosen, onChoose }: Omit<QueueProps, 'groups'> & { group: DeskGroup }) {
  const { kind, title, items } = group
  const { verb, state } = deskWords(kind)
  return (
    <tbody>
      <tr className="group">
        <th scope="rowgroup" colSpan={6}>
          {title}
          <i>{count(group.count)}</i>
          <DeskGroupLink kind={kind} />
        </th>
      </tr>
      {rowsOf([group]).map(({ key, since, title: what, who, why, target }) => (
        <tr
          key={key}
          className="pick"
          aria-selected={key === chosen}
          onClick={() => onChoose(key)}
          onFocus={() => onChoose(key)}
        >
          <td className="ink2" title={minute(since)}>
            {minute(since).slice(5)}
          </td>
          <td>
            <Chip {...state} />
          </td>
          <td className="wrap what">{what}</td>
          <td className="wrap">
            <b>{who}</b>
          </td>
          <td>
            <DeskLink
              kind={kind}
              target={target}
              className="verb"
              fallback={
                <button className="verb" type="button" data-row="">
                  {verb}
                </button>
              }
            >
              {verb}
              <span className="hidden">
                ：{what} {who}
              </span>
            </DeskLink>
          </td>
          <td className="wrap ink2">{why}</td>
        </tr>
      ))}
      {group.count > items.length && (
        <tr>
          <td colSpan={6} className="ink2">
            还有 {count(group.count - items.length)} 项，办完上面的会补上来，也可以看“全部”。
          </td>
        </tr>
      )}
    </tbody>
  )
}

function Done() {
  const { mayDo } = useAsker()
  return (
    <Blank title="今天的都办完了">
      <p>同事提出认定、算完核算或送来新标准时，会出现在这里，不用一直守着。</p>
      {mayDo('registry.person.search') && (
        <Link className="btn" to="/people">
          找人
        </Link>
      )}
    </Blank>
  )
}

/** Administrators have no matters of their own to do: their pages. */
function Places() {
  const { mayDo } = useAsker()
  const open = PLACES.map(({ title, pages }) => ({
    title,
    pages: pagesFor(pages, mayDo).filter(({ to }) => to !== '/'),
  })).filter(({ pages }) => pages.length > 0)
  return (
    <Page title="工作台" aside={<span className="ink2">您的岗位没有待办清单，可以打开这些页面</span>}>
      <div className="stack">
        <UnsentDrafts />
        {open.map(({ title, pages }) => (
          <section className="sheet" key={title}>
            <header>
              <h2>{title}</h2>
            </header>
            <ul className="pad">
              {pages.map((page) => (
                <li key={page.to}>
                  <Link to={page.to}>{page.title}</Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Page>
  )
}
