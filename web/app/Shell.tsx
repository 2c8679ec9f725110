import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { getInboxEndpoint } from '../../server/platform/inbox.schema.ts'
import { count } from '../ui/format.ts'
import { Icon } from '../ui/Icon.tsx'
import { useEndpoint } from './api.ts'
import { DemonstrationBar } from './Demonstration.tsx'
import { setDisplay, useDisplay, type Display } from './display.ts'
import { useKeys } from './keys.ts'
import { PrintMark } from './printing.tsx'
import { isAt, pagesFor, PLACES } from './pages.ts'
import { useAsker } from './session.tsx'

const SearchBox = lazy(() => import('./SearchBox.tsx').then(({ SearchBox }) => ({ default: SearchBox })))

const NEXT_THEME: Readonly<Record<Display['theme'], Display['theme']>> = {
  light: 'dark',
  dark: 'contrast',
  contrast: 'light',
}
const THEMES: Readonly<Record<Display['theme'], string>> = { light: '浅色', dark: '深色', contrast: '高对比' }

const FIND = '找人、功能，可用拼音首字母或证号后四位'

/** Frame of the office: who and where at the top, the places at the left. */
export function Shell() {
  const asker = useAsker()
  const [isSearching, setSearching] = useState(false)
  useKeys({
    'Ctrl+K': () => setSearching(true),
    '/': () => setSearching(true),
  })
  return (
    <div className="app">
      <a className="skip" href="#main">
        跳到正文
      </a>
      <header className="top">
        <Link to="/" className="logo">
          <i aria-hidden="true">民</i>民本
        </Link>
        <span className="where">{asker.places[asker.county] ?? asker.county}民政局</span>
        {asker.isDemo && <span className="demo">演示数据，人员均为虚构</span>}
        <button className="find" type="button" onClick={() => setSearching(true)}>
          <Icon name="search" />
          <span title={FIND}>{FIND}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <DisplayTools />
        <Link to="/profile" className="me">
          <i aria-hidden="true">{asker.fullName.slice(0, 1)}</i>
          {asker.fullName}
        </Link>
      </header>
      <Navigation />
      <PrintMark />
      <main className="main" id="main" tabIndex={-1}>
        <DemonstrationBar isDemo={asker.isDemo} />
        <SubNav />
        <Outlet />
      </main>
      {isSearching && (
        <Suspense fallback={null}>
          <SearchBox onClose={() => setSearching(false)} />
        </Suspense>
      )}
    </div>
  )
}

function DisplayTools() {
  const { theme, size } = useDisplay()
  return (
    <div className="tool">
      <button
        className="btn btn-0"
        type="button"
        aria-pressed={size === 'large'}
        onClick={() => setDisplay({ size: size === 'large' ? 'normal' : 'large' })}
      >
        大字
      </button>
      <button
        className="btn btn-0"
        type="button"
        onClick={() => setDisplay({ theme: NEXT_THEME[theme] })}
        aria-label={`显示方式：${THEMES[theme]}，按一下换成${THEMES[NEXT_THEME[theme]]}`}
      >
        <Icon name="moon" />
        {THEMES[theme]}
      </button>
    </div>
  )
}

function Navigation() {
  const { mayDo } = useAsker()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  return (
    <nav className="nav" aria-label="主导航">
      {PLACES.map(({ title, icon, pages }) => {
        const open = pagesFor(pages, mayDo)
        const [first] = open
        if (!first) return null
        const isHere = open.some((page) => isAt(path, page))
        return (
          <Link key={title} to={first.to} {...(isHere ? { 'aria-current': 'page' as const } : {})}>
            <Icon name={icon} isLarge />
            {title}
            {first.to === '/' && <Tally />}
          </Link>
        )
      })}
    </nav>
  )
}

/** The pages of the place where one is, when it has more than one. */
function SubNav() {
  const { mayDo } = useAsker()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const place = PLACES.find(({ pages }) => pages.some((page) => isAt(path, page)))
  const open = pagesFor(place?.pages ?? [], mayDo)
  if (!place || open.length < 2) return null
  return (
    <nav className="subnav" aria-label={`${place.title}的页面`}>
      {open.map((page) => (
        <Link key={page.to} to={page.to} {...(isAt(path, page) ? { 'aria-current': 'page' as const } : {})}>
          {page.title}
        </Link>
      ))}
    </nav>
  )
}

/** How many wait, as the desk last read it; the navigation itself asks nothing. */
function Tally() {
  const { county } = useAsker()
  const inbox = useEndpoint(getInboxEndpoint, { county }, { isEnabled: false })
  if (!inbox.data || inbox.data.count === 0) return null
  return (
    <span className="tally">
      {count(inbox.data.count)}
      <span className="hidden"> 项待办</span>
    </span>
  )
}
