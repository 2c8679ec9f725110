import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { Correction } from '../../../server/engines/benefits/correction-view.schema.ts'
import type { BatchHead } from '../../../server/engines/funds/batch-view.schema.ts'
import { ID, partsIn, yearIn } from '../search-in.ts'
import { root } from './root.tsx'

/** From the month’s run to what was paid, kept back and claimed. */
export const fundPages = [
  createRoute({
    getParentRoute: () => root,
    path: '/runs',
    component: lazyRouteComponent(() => import('../../engines/benefits/RunListPage.tsx'), 'RunListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs/$runNo',
    component: lazyRouteComponent(() => import('../../engines/benefits/RunPage.tsx'), 'RunPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs/$runNo/sheet',
    component: lazyRouteComponent(() => import('../../engines/benefits/RunSheetPage.tsx'), 'RunSheetPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/corrections',
    validateSearch: (search: Record<string, unknown>): { kind?: Correction['kind']; subject?: string } => ({
      ...partsIn<Correction['kind']>(search, { kind: /^(rate|setting|formula|fact)$/ }),
      ...partsIn(search, { subject: /^[\w.-]{1,60}$/ }),
    }),
    component: lazyRouteComponent(
      () => import('../../engines/benefits/CorrectionListPage.tsx'),
      'CorrectionListPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/corrections/$correctionId',
    component: lazyRouteComponent(
      () => import('../../engines/benefits/CorrectionPage.tsx'),
      'CorrectionPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/batches',
    validateSearch: (search: Record<string, unknown>): { status?: BatchHead['status'] } =>
      partsIn<BatchHead['status']>(search, { status: /^(draft|approved|filed|cancelled)$/ }),
    component: lazyRouteComponent(() => import('../../engines/funds/BatchListPage.tsx'), 'BatchListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/batches/new',
    component: lazyRouteComponent(() => import('../../engines/funds/BatchNewPage.tsx'), 'BatchNewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/batches/$batchNo',
    component: lazyRouteComponent(() => import('../../engines/funds/BatchPage.tsx'), 'BatchPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/batches/$batchNo/sheet',
    component: lazyRouteComponent(() => import('../../engines/funds/BatchSheetPage.tsx'), 'BatchSheetPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/holds',
    validateSearch: (search: Record<string, unknown>): { award?: string; person?: string } =>
      partsIn(search, { award: ID, person: ID }),
    component: lazyRouteComponent(() => import('../../engines/funds/HoldListPage.tsx'), 'HoldListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/budgets',
    validateSearch: yearIn,
    component: lazyRouteComponent(() => import('../../engines/funds/BudgetListPage.tsx'), 'BudgetListPage'),
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
    component: lazyRouteComponent(() => import('../../engines/funds/ClaimListPage.tsx'), 'ClaimListPage'),
  }),
]
