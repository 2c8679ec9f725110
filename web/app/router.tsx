import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import type { BatchHead } from '../../server/engines/funds/batch-view.schema.ts'
import { proposedIn, type ProposedFor } from '../engines/benefits/correction-search.ts'
import { queueIn, type QueueSearch } from '../engines/benefits/queue-search.ts'
import { Blank } from '../ui/Blank.tsx'
import { Page } from './Page.tsx'
import { Shell } from './Shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: Missing })

/** A day in the address; anything else there is passed over. */
function dayIn<Name extends string>(search: Record<string, unknown>, name: Name) {
  const value = search[name]
  const isDay = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)
  return (isDay ? { [name]: value } : {}) as { [Key in Name]?: string }
}

/** What stands in the address where it has the form wanted; anything else there is passed over. */
function partsIn<Value extends string>(
  search: Record<string, unknown>,
  wanted: Readonly<Record<string, RegExp>>,
) {
  const known = Object.entries(wanted).filter(([name, form]) => form.test(String(search[name] ?? '')))
  return Object.fromEntries(known.map(([name]) => [name, String(search[name]) as Value]))
}

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/

function yearIn({ year }: Record<string, unknown>): { year?: number } {
  return /^2\d{3}$/.test(String(year)) ? { year: Number(year) } : {}
}

function monthIn({ month }: Record<string, unknown>): { month?: string } {
  return typeof month === 'string' && MONTH.test(month) ? { month } : {}
}

/** Each page is its own piece of the program, fetched when it is first opened. */
const pages = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('./DeskPage.tsx'), 'DeskPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/determinations',
    validateSearch: (search: Record<string, unknown>): QueueSearch => queueIn(search),
    component: lazyRouteComponent(
      () => import('../engines/benefits/DeterminationListPage.tsx'),
      'DeterminationListPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/determinations/$id',
    component: lazyRouteComponent(
      () => import('../engines/benefits/DeterminationPage.tsx'),
      'DeterminationPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/determinations/$id/edit',
    component: lazyRouteComponent(() => import('../domains/social-assistance/ChangePage.tsx'), 'EditPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/awards/$awardId',
    validateSearch: monthIn,
    component: lazyRouteComponent(() => import('../engines/benefits/AwardPage.tsx'), 'AwardPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/awards/$awardId/why',
    validateSearch: monthIn,
    component: lazyRouteComponent(() => import('../engines/benefits/WhySheetPage.tsx'), 'WhySheetPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/awards/$awardId/change',
    validateSearch: (search: Record<string, unknown>): { again?: string } => partsIn(search, { again: ID }),
    component: lazyRouteComponent(() => import('../domains/social-assistance/ChangePage.tsx'), 'ChangePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/households/$householdId',
    component: lazyRouteComponent(() => import('../engines/registry/HouseholdPage.tsx'), 'HouseholdPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs',
    component: lazyRouteComponent(() => import('../engines/benefits/RunListPage.tsx'), 'RunListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs/$runNo',
    component: lazyRouteComponent(() => import('../engines/benefits/RunPage.tsx'), 'RunPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs/$runNo/sheet',
    component: lazyRouteComponent(() => import('../engines/benefits/RunSheetPage.tsx'), 'RunSheetPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/people',
    component: lazyRouteComponent(() => import('../engines/registry/PeoplePage.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/people/$personId',
    validateSearch: (search: Record<string, unknown>): { on?: string; known?: string } => ({
      ...dayIn(search, 'on'),
      ...dayIn(search, 'known'),
    }),
    component: lazyRouteComponent(() => import('../engines/registry/PersonPage.tsx'), 'PersonPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/imports',
    component: lazyRouteComponent(() => import('../engines/imports/ImportListPage.tsx'), 'ImportListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/imports/new',
    component: lazyRouteComponent(() => import('../engines/imports/ImportNewPage.tsx'), 'ImportNewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/imports/$importId',
    component: lazyRouteComponent(() => import('../engines/imports/ImportPage.tsx'), 'ImportPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/takeovers',
    component: lazyRouteComponent(
      () => import('../engines/benefits/TakeoverListPage.tsx'),
      'TakeoverListPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/takeovers/$takeoverId',
    component: lazyRouteComponent(() => import('../engines/benefits/TakeoverPage.tsx'), 'TakeoverPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/corrections',
    validateSearch: (search: Record<string, unknown>): ProposedFor => proposedIn(search),
    component: lazyRouteComponent(
      () => import('../engines/benefits/CorrectionListPage.tsx'),
      'CorrectionListPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/corrections/$correctionId',
    component: lazyRouteComponent(() => import('../engines/benefits/CorrectionPage.tsx'), 'CorrectionPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/aids',
    validateSearch: (search: Record<string, unknown>): { only?: 'unfiled' } =>
      partsIn<'unfiled'>(search, { only: /^unfiled$/ }),
    component: lazyRouteComponent(
      () => import('../domains/social-assistance/AidListPage.tsx'),
      'AidListPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/aids/new',
    validateSearch: (search: Record<string, unknown>): { person?: string } => partsIn(search, { person: ID }),
    component: lazyRouteComponent(() => import('../domains/social-assistance/AidNewPage.tsx'), 'AidNewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/standards',
    component: lazyRouteComponent(() => import('../engines/benefits/StandardsPage.tsx'), 'StandardsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/standards/new',
    validateSearch: ({ policy }: Record<string, unknown>): { policy?: string } =>
      typeof policy === 'string' ? { policy } : {},
    component: lazyRouteComponent(() => import('../engines/benefits/WhatIfPage.tsx'), 'WhatIfPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/batches',
    validateSearch: (search: Record<string, unknown>): { status?: BatchHead['status'] } =>
      partsIn<BatchHead['status']>(search, { status: /^(draft|approved|filed|cancelled)$/ }),
    component: lazyRouteComponent(() => import('../engines/funds/BatchListPage.tsx'), 'BatchListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/batches/new',
    component: lazyRouteComponent(() => import('../engines/funds/BatchNewPage.tsx'), 'BatchNewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/batches/$batchNo',
    component: lazyRouteComponent(() => import('../engines/funds/BatchPage.tsx'), 'BatchPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/batches/$batchNo/sheet',
    component: lazyRouteComponent(() => import('../engines/funds/BatchSheetPage.tsx'), 'BatchSheetPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/holds',
    validateSearch: (search: Record<string, unknown>): { award?: string; person?: string } =>
      partsIn(search, { award: ID, person: ID }),
    component: lazyRouteComponent(() => import('../engines/funds/HoldListPage.tsx'), 'HoldListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/budgets',
    validateSearch: yearIn,
    component: lazyRouteComponent(() => import('../engines/funds/BudgetListPage.tsx'), 'BudgetListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/claims',
    validateSearch: (
      search: Record<string, unknown>,
    ): { status?: 'open' | 'closed' | 'all'; award?: string } => ({
      ...partsIn<'open' | 'closed' | 'all'>(search, { status: /^(open|closed|all)$/ }),
      ...partsIn(search, { award: ID }),
    }),
    component: lazyRouteComponent(() => import('../engines/funds/ClaimListPage.tsx'), 'ClaimListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/figures',
    validateSearch: (search: Record<string, unknown>): { month?: string; from?: string; to?: string } =>
      partsIn(search, { month: MONTH, from: MONTH, to: MONTH }),
    component: lazyRouteComponent(() => import('../engines/indicators/FiguresPage.tsx'), 'FiguresPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/audit',
    component: lazyRouteComponent(() => import('../platform/AuditPage.tsx'), 'AuditPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/accounts',
    component: lazyRouteComponent(() => import('../platform/AccountListPage.tsx'), 'AccountListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/roles',
    component: lazyRouteComponent(() => import('../platform/RoleListPage.tsx'), 'RoleListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    component: lazyRouteComponent(() => import('../engines/benefits/SettingsPage.tsx'), 'SettingsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/calendar/new',
    validateSearch: yearIn,
    component: lazyRouteComponent(() => import('../platform/CalendarNewPage.tsx'), 'CalendarNewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/calendar',
    validateSearch: yearIn,
    component: lazyRouteComponent(() => import('../platform/CalendarPage.tsx'), 'CalendarPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/profile',
    component: lazyRouteComponent(() => import('./ProfilePage.tsx'), 'ProfilePage'),
  }),
]

export const router = createRouter({
  routeTree: root.addChildren(pages),
  basepath: '/office',
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

function Missing() {
  return (
    <Page title="没有这个页面">
      <Blank title="没有这个页面">
        <p>地址可能抄错了，或者页面已经改名。请从左边的导航进入，或按 Ctrl K 找。</p>
      </Blank>
    </Page>
  )
}
