import { resetPassword } from '../platform/password.actions.ts'
import { resetSecondFactorAtServer } from '../platform/sign-in-ways.actions.ts'
import { actingAs, AS_OPTIONS, UsageError, type CliCommand } from './cli.ts'

const password: CliCommand = {
  name: 'account password',
  summary: '给账号换一个随机密码（只显示这一次），并结束其全部登录和停用',
  usage: 'account password 登录名 --as admin.security',
  options: AS_OPTIONS,
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

export const accountCommands: readonly CliCommand[] = [password, secondFactor]
