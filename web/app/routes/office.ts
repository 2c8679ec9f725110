import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { MONTH, partsIn, yearIn } from '../search-in.ts'
import { root } from './root.tsx'

/** The desk, the figures, and what the county has set. */
export const officePages = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('../DeskPage.tsx'), 'DeskPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/standards',
    component: lazyRouteComponent(() => import('../../engines/benefits/StandardsPage.tsx'), 'StandardsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/standards/new',
    validateSearch: ({ policy }: Record<string, unknown>): { policy?: string } =>
      typeof policy === 'string' ? { policy } : {},
    component: lazyRouteComponent(() => import('../../engines/benefits/WhatIfPage.tsx'), 'WhatIfPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/figures',
    validateSearch: (search: Record<string, unknown>): { month?: string; from?: string; to?: string } =>
      partsIn(search, { month: MONTH, from: MONTH, to: MONTH }),
    component: lazyRouteComponent(() => import('../../engines/indicators/FiguresPage.tsx'), 'FiguresPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/audit',
    component: lazyRouteComponent(() => import('../../platform/AuditPage.tsx'), 'AuditPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/accounts',
    component: lazyRouteComponent(() => import('../../platform/AccountListPage.tsx'), 'AccountListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/roles',
    component: lazyRouteComponent(() => import('../../platform/RoleListPage.tsx'), 'RoleListPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    component: lazyRouteComponent(() => import('../../engines/benefits/SettingsPage.tsx'), 'SettingsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/calendar/new',
    validateSearch: yearIn,
    component: lazyRouteComponent(() => import('../../platform/CalendarNewPage.tsx'), 'CalendarNewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/calendar',
    validateSearch: yearIn,
    component: lazyRouteComponent(() => import('../../platform/CalendarPage.tsx'), 'CalendarPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/profile',
    component: lazyRouteComponent(() => import('../ProfilePage.tsx'), 'ProfilePage'),
  }),
]
