/** What of the product is configured outside of the database, as the settings page shows it. */
import { programs } from './app.ts'
import { layouts } from './layouts.ts'
import { MOST_GUESSES, MOST_RELEASES, MOST_REQUESTS } from './limits.ts'
import type { ConfigurationItem } from './platform/configuration.schema.ts'
import { MOST_ROWS } from './platform/export.actions.ts'

const FIXED = '随版本固定，不能在系统内更改'

export const configuration: readonly ConfigurationItem[] = [
  {
    ...{ group: '接口', title: '一台电脑每分钟最多', text: `${MOST_REQUESTS} 次请求`, since: null },
    ...{ basis: '[本系统规定]', how: FIXED },
  },
  {
    ...{ group: '接口', title: '一台电脑每分钟试密码最多', text: `${MOST_GUESSES} 次`, since: null },
    ...{ basis: '[本系统规定]', how: FIXED },
  },
  {
    ...{ group: '导出和打印', title: '一人每分钟最多', text: `${MOST_RELEASES} 次`, since: null },
    ...{ basis: '[本系统规定]', how: FIXED },
  },
  {
    ...{ group: '导出和打印', title: '一次导出最多', text: `${MOST_ROWS} 行`, since: null },
    ...{ basis: '[本系统规定]', how: '有“导出长名单”权限的岗位不受此限' },
  },
  ...[...layouts.values()].map(({ key, title }) => ({
    ...{ group: '银行文件格式', title, text: key, since: null, basis: '与代发银行的约定' },
    how: '在 policies/layouts 中增加格式文件，重启后生效',
  })),
  ...[...programs.values()].map(({ title, version }) => ({
    ...{ group: '计算方法', title, text: `第 ${version} 版`, since: null, basis: '各项标准和设置另列' },
    how: '随版本更新；重算旧月份仍用当时的版本',
  })),
]
