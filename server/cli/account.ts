import { openAdministrators } from '../platform/first-accounts.ts'
import { resetPassword } from '../platform/password.actions.ts'
import { resetSecondFactorAtServer } from '../platform/sign-in-ways.actions.ts'
import { actingAs, AS_OPTIONS, option, required, UsageError, withDeps, type CliCommand } from './cli.ts'

const password: CliCommand = {
  name: 'account password',
  summary: '给账号换一个随机密码（只显示这一次），并结束其全部登录和停用',
  usage: 'account password 登录名 --as admin.security',
  options: AS_OPTIONS,
  words: 1,
  run: ({ values, positionals, say, json }) => {
    const [login] = positionals
    if (login === undefined) throw new UsageError('缺少登录名')
    return actingAs(values, async ({ deps, actor, county }) => {
      const made = await resetPassword(deps, { actor, county, login })
      say(`${login} 的新密码：${made}`)
      say('只显示这一次，请当面交给本人。')
      json({ login, password: made })
      return 0
    })
  },
}

const secondFactor: CliCommand = {
  name: 'account second-factor',
  summary: '重置账号的动态验证码（手机丢了、恢复码也没有时），并结束其全部登录',
  usage: 'account second-factor 登录名 --as admin.security',
  options: AS_OPTIONS,
  words: 1,
  run: ({ values, positionals, say, json }) => {
    const [login] = positionals
    if (login === undefined) throw new UsageError('缺少登录名')
    return actingAs(values, async ({ does }) => {
      await does(resetSecondFactorAtServer, { login })
      say(`${login} 的动态验证码已重置，下次只凭密码登录，再重新开启。`)
      json({ login })
      return 0
    })
  },
}

const begin: CliCommand = {
  name: 'account begin',
  summary: '新装的正式库：建三个管理员（系统、安全、审计，由三个人担任），密码只显示这一次',
  usage: 'account begin --county 441882 --system 姓名 --security 姓名 --audit 姓名',
  options: {
    county: option('区划代码', '哪个县，六位'),
    system: option('姓名', '系统管理员'),
    security: option('姓名', '安全管理员'),
    audit: option('姓名', '审计管理员'),
  },
  run: ({ values, say, json }) => {
    const county = required(values, 'county')
    if (!/^\d{6}$/.test(county)) throw new UsageError('--county 应为六位区划代码')
    const names = {
      system: required(values, 'system'),
      security: required(values, 'security'),
      audit: required(values, 'audit'),
    }
    return withDeps(
      async (deps) => {
        const made = await openAdministrators(deps, { county, names })
        for (const { login, fullName, password: secret } of made)
          say(`${login}  ${fullName}  密码：${secret}`)
        say('密码只显示这一次，请分别当面交给本人，登录后各自更改。其余账号由安全管理员在办公端建。')
        json({ accounts: made })
        return 0
      },
      { mayBeNew: true },
    )
  },
}

export const accountCommands: readonly CliCommand[] = [begin, password, secondFactor]
