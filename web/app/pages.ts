import type { IconName } from '../ui/Icon.tsx'

/** The seven places of the office, in the same order for everyone; a place without a page that the reader may open is not shown. */
export interface Place {
  title: string
  icon: IconName
  pages: readonly PageLink[]
}

export interface PageLink {
  to: string
  title: string
  /** First letters of its pinyin, for the search. */
  initials: string
  /** Any of them opens it; none = everybody. */
  permissions: readonly string[]
}

export const PLACES: readonly Place[] = [
  {
    title: '工作台',
    icon: 'inbox',
    pages: [{ to: '/', title: '工作台', initials: 'gzt', permissions: [] }],
  },
  {
    title: '人与户',
    icon: 'people',
    pages: [{ to: '/people', title: '找人', initials: 'zr', permissions: ['registry.person.search'] }],
  },
  {
    title: '办业务',
    icon: 'file',
    pages: [
      {
        to: '/determinations',
        title: '认定待办',
        initials: 'rddb',
        permissions: ['benefits.determination.read'],
      },
    ],
  },
  {
    title: '资金',
    icon: 'yuan',
    pages: [{ to: '/runs', title: '月度核算', initials: 'ydhs', permissions: ['benefits.run.read'] }],
  },
  {
    title: '设置',
    icon: 'gear',
    pages: [
      { to: '/standards', title: '标准', initials: 'bz', permissions: ['benefits.run.read'] },
      { to: '/profile', title: '我的登录与显示', initials: 'wddlyxs', permissions: [] },
    ],
  },
]

export function pagesFor(pages: readonly PageLink[], mayDo: (permission: string) => boolean): PageLink[] {
  return pages.filter(({ permissions }) => permissions.length === 0 || permissions.some(mayDo))
}
