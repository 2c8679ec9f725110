import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { DAY, MONTH, partsIn } from '../search-in.ts'
import { root } from './root.tsx'

/** People, their households, what they get, and lists of them. */
export const peoplePages = [
  createRoute({
    getParentRoute: () => root,
    path: '/awards/$awardId',
    validateSearch: (search: Record<string, unknown>): { month?: string } =>
      partsIn(search, { month: MONTH }),
    component: lazyRouteComponent(() => import('../../engines/benefits/AwardPage.tsx'), 'AwardPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/awards/$awardId/why',
    validateSearch: (search: Record<string, unknown>): { month?: string } =>
      partsIn(search, { month: MONTH }),
    component: lazyRouteComponent(() => import('../../engines/benefits/WhySheetPage.tsx'), 'WhySheetPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/households/$householdId',
    component: lazyRouteComponent(() => import('../../engines/registry/HouseholdPage.tsx'), 'HouseholdPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/people',
    component: lazyRouteComponent(() => import('../../engines/registry/PeoplePage.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/people/$personId',
    validateSearch: (search: Record<string, unknown>): { on?: string; known?: string } =>
      partsIn(search, { on: DAY, known: DAY }),
    component: lazyRouteComponent(() => import('../../engines/registry/PersonPage.tsx'), 'PersonPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/imports',
    component: lazyRouteComponent(() => import('../../engines/imports/ImportListPage.tsx'), 'ImportListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/imports/new',
    component: lazyRouteComponent(() => import('../../engines/imports/ImportNewPage.tsx'), 'ImportNewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/imports/$importId',
    component: lazyRouteComponent(() => import('../../engines/imports/ImportPage.tsx'), 'ImportPage'),
  }),
]
