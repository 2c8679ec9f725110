import type { Ctx } from './command.ts'
import { findInstallation } from './account.db.ts'
import { getWorkingCalendar, listCalendarEntries } from './calendar.db.ts'
import { getConfigurationEndpoint, type ConfigurationItem } from './configuration.schema.ts'
import { PASSWORD } from './password.rules.ts'
import { query } from './query.ts'
import { queryRoute, type Route } from './route.ts'
import { SESSION } from './session.actions.ts'

const PROTECTION = 'GB/T 22239—2019 第三级 8.1.4.1'
const FIXED = '随版本固定，不能在系统内更改'

const signIn: readonly ConfigurationItem[] = [
  {
    ...{ group: '登录', title: '一次登录最长', text: `${SESSION.hours} 小时`, since: null },
    ...{ basis: PROTECTION, how: FIXED },
  },
  {
    ...{ group: '登录', title: '不操作多久要重新登录', text: `${SESSION.idleMinutes} 分钟`, since: null },
    ...{ basis: PROTECTION, how: FIXED },
  },
  {
    ...{ group: '登录', title: '密码连续输错', since: null, basis: PROTECTION },
    text: `${SESSION.mostFailures} 次，停用 ${SESSION.lockMinutes} 分钟`,
    how: '提前解除由安全管理员在“账号”里办理',
  },
  {
    ...{ group: '登录', title: '密码', since: null, basis: PROTECTION, how: FIXED },
    text: `不少于 ${PASSWORD.shortest} 个字符并有三种字符，或不少于 ${PASSWORD.long} 个字符`,
  },
]

function shown(items: readonly ConfigurationItem[]) {
  return query({
    event: 'platform.configuration.shown',
    permission: 'platform.configuration.read',
    run: async ({ tx }: Ctx, _input: { county: string }) => {
      const installation = await findInstallation(tx)
      const { years } = await getWorkingCalendar(tx)
      const known = [...years].toSorted((a, b) => a - b)
      const entered = (await listCalendarEntries(tx)).map(({ enteredAt }) => enteredAt)
      const since = entered.toSorted().at(-1) ?? null
      const own: ConfigurationItem[] = [
        {
          ...{ group: '本系统', title: '用途', since: installation?.createdAt ?? null },
          text: installation?.isDemo ? '演示，人员均为虚构' : '正式使用',
          ...{ basis: '安装时确定', how: '不能更改；正式使用请另行安装' },
        },
        {
          ...{ group: '本系统', title: '工作日历', since, text: yearsText(known) },
          ...{ basis: '国务院办公厅各年节假日安排的通知', how: '由系统管理员在“工作日历”里录入' },
        },
      ]
      return { items: [...own, ...signIn, ...items] }
    },
    subject: (_, { items }) => ({ items: items.length }),
  })
}

function yearsText(years: readonly number[]): string {
  const [first] = years
  const last = years.at(-1)
  if (first === undefined || last === undefined) return '还没有录入'
  const isWhole = last - first === years.length - 1
  return isWhole ? `${first}—${last} 年` : `${years.join('、')} 年`
}

/** `items` is what the composition knows: limits of the interface, agreed bank files, formulas. */
export function configurationRoutes(items: readonly ConfigurationItem[]): readonly Route[] {
  return [queryRoute(getConfigurationEndpoint, shown(items))]
}
