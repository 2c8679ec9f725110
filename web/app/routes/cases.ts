import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { queueIn, type QueueSearch } from '../../engines/benefits/queue-search.ts'
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
