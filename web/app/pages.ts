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
  /** Addresses without a line of their own here that belong to it. */
  others?: readonly string[]
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
    pages: [
      {
        to: '/people',
        others: ['/households', '/awards'],
        title: '找人',
        initials: 'zr',
        permissions: ['registry.person.search'],
      },
      { to: '/imports', title: '名册导入', initials: 'mcdr', permissions: ['imports.batch.read'] },
    ],
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
      { to: '/aids', title: '临时救助', initials: 'lsjz', permissions: ['social_assistance.aid.read'] },
      { to: '/takeovers', title: '迁移清单', initials: 'qyqd', permissions: ['benefits.takeover.read'] },
      { to: '/go-live', title: '上线工作台', initials: 'sxgzt', permissions: ['golive.project.read'] },
    ],
  },
  {
    title: '资金',
    icon: 'yuan',
    pages: [
      { to: '/runs', title: '月度核算', initials: 'ydhs', permissions: ['benefits.run.read'] },
      { to: '/corrections', title: '更正', initials: 'gz', permissions: ['benefits.run.read'] },
      { to: '/batches', title: '发放批次', initials: 'ffpc', permissions: ['funds.ledger.read'] },
      { to: '/holds', title: '暂缓发放', initials: 'zhff', permissions: ['funds.hold.read'] },
      { to: '/budgets', title: '预算', initials: 'ys', permissions: ['funds.ledger.read'] },
      { to: '/claims', title: '应追回款', initials: 'yzhk', permissions: ['funds.ledger.read'] },
    ],
  },
  {
    title: '核查',
    icon: 'shield',
    pages: [{ to: '/audit', title: '审计', initials: 'sj', permissions: ['platform.audit.read'] }],
  },
  {
    title: '统计',
    icon: 'chart',
    pages: [{ to: '/figures', title: '统计数字', initials: 'tjsz', permissions: ['indicators.figure.read'] }],
  },
  {
    title: '设置',
    icon: 'gear',
    pages: [
      { to: '/standards', title: '标准', initials: 'bz', permissions: ['benefits.policy.read'] },
      {
        to: '/settings',
        title: '设置项',
        initials: 'szx',
        permissions: ['benefits.policy.read', 'platform.configuration.read'],
      },
      { to: '/accounts', title: '账号', initials: 'zh', permissions: ['platform.account.read'] },
      { to: '/roles', title: '岗位', initials: 'gw', permissions: ['platform.account.read'] },
      { to: '/calendar', title: '工作日历', initials: 'gzrl', permissions: ['platform.calendar.read'] },
      { to: '/profile', title: '我的登录与显示', initials: 'wddlyxs', permissions: [] },
    ],
  },
]

export function pagesFor(pages: readonly PageLink[], mayDo: (permission: string) => boolean): PageLink[] {
  return pages.filter(({ permissions }) => permissions.length === 0 || permissions.some(mayDo))
}

/** Whether an address belongs to a page: its own, or one beneath it. */
export function isAt(path: string, { to, others = [] }: PageLink): boolean {
  return path === to || [to, ...others].some((each) => each !== '/' && path.startsWith(`${each}/`))
}
