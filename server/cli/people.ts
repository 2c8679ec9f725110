import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { importPeople, readPeopleSheet } from '../engines/registry/index.ts'
import { actingAs, AS_OPTIONS, required, UsageError, type CliCommand } from './cli.ts'

const people: CliCommand = {
  name: 'people import',
  summary: '从 xlsx 或 csv 导入人员：合格的行入库，不合格的行逐条说明原因和改法',
  usage: 'people import 文件 --on 2020-01-01 --bank 开户行代码 --as 登录名',
  options: { ...AS_OPTIONS, on: { type: 'string' }, bank: { type: 'string' } },
  run: async ({ values, positionals: [file], say, json }) => {
    if (file === undefined) throw new UsageError('请写明文件')
    const sheet = await readPeopleSheet(
      readFileSync(file),
      file.toLowerCase().endsWith('.xlsx') ? 'xlsx' : 'csv',
    )
    return actingAs(values, async ({ deps, actor, county }) => {
      const source = `导入 ${file.split('/').at(-1) ?? ''}`
      const options = {
        sheet,
        on: required(values, 'on'),
        bankCode: typeof values.bank === 'string' ? values.bank : '',
        source,
      }
      const imported = await importPeople(deps, { actor, county, idempotencyKey: randomUUID() }, options)
      say(`登记 ${imported.registered} 人、账户 ${imported.accounts} 个；${imported.errors.length} 处需改正`)
      for (const { row, column, reason, remedy } of imported.errors)
        say(`  第 ${row} 行 ${column}：${reason}。${remedy}`)
      json(imported)
      return imported.errors.length === 0 ? 0 : 1
    })
  },
}

export const peopleCommands: readonly CliCommand[] = [people]
