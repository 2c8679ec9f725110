import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { queueIn, type QueueSearch } from '../../engines/benefits/queue-search.ts'
import { linesIn, type LineSearch } from '../../engines/golive/line-search.ts'
import { ID, partsIn } from '../search-in.ts'
import { root } from './root.tsx'

/** What is proposed by one and checked by another. */
export const casePages = [
  createRoute({
    getParentRoute: () => root,
    path: '/determinations',
    validateSearch: (search: Record<string, unknown>): QueueSearch => queueIn(search),
    component: lazyRouteComponent(
      () => import('../../engines/benefits/DeterminationListPage.tsx'),
      'DeterminationListPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/determinations/$id',
    component: lazyRouteComponent(
      () => import('../../engines/benefits/DeterminationPage.tsx'),
      'DeterminationPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/determinations/$id/edit',
    component: lazyRouteComponent(() => import('../../domains/social-assistance/ChangePage.tsx'), 'EditPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/awards/$awardId/change',
    validateSearch: (search: Record<string, unknown>): { again?: string } => partsIn(search, { again: ID }),
    component: lazyRouteComponent(
      () => import('../../domains/social-assistance/ChangePage.tsx'),
      'ChangePage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/takeovers',
    component: lazyRouteComponent(
      () => import('../../engines/benefits/TakeoverListPage.tsx'),
      'TakeoverListPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/takeovers/$takeoverId',
    component: lazyRouteComponent(() => import('../../engines/benefits/TakeoverPage.tsx'), 'TakeoverPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/go-live',
    component: lazyRouteComponent(() => import('../../engines/golive/GoLiveListPage.tsx'), 'GoLiveListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/go-live/$projectId',
    component: lazyRouteComponent(() => import('../../engines/golive/GoLivePage.tsx'), 'GoLivePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/go-live/$projectId/quality/$check',
    component: lazyRouteComponent(
      () => import('../../engines/golive/GoLiveCheckPage.tsx'),
      'GoLiveCheckPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/go-live/$projectId/lines',
    validateSearch: (search: Record<string, unknown>): LineSearch => linesIn(search),
    component: lazyRouteComponent(
      () => import('../../engines/golive/GoLiveLinesPage.tsx'),
      'GoLiveLinesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/aids',
    validateSearch: (search: Record<string, unknown>): { only?: 'unfiled' } =>
      partsIn<'unfiled'>(search, { only: /^unfiled$/ }),
    component: lazyRouteComponent(
      () => import('../../domains/social-assistance/AidListPage.tsx'),
      'AidListPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/aids/new',
    validateSearch: (search: Record<string, unknown>): { person?: string } => partsIn(search, { person: ID }),
    component: lazyRouteComponent(
      () => import('../../domains/social-assistance/AidNewPage.tsx'),
      'AidNewPage',
    ),
  }),
]
