import { readFileSync } from 'node:fs'
import { importKinds } from '../app.ts'
import { importFile } from '../engines/imports/index.ts'
import { jobHandlers } from '../jobs.ts'
import { actingAs, AS_OPTIONS, option, required, UsageError, type CliCommand } from './cli.ts'

const people: CliCommand = {
  name: 'people import',
  summary: '从 xlsx 或 csv 导入人员：合格的行入库，不合格的行逐条说明原因和改法；在“名册导入”里可以撤销',
  usage: 'people import 文件 --on 2020-01-01 --bank 开户行代码 --as 登录名',
  options: {
    ...AS_OPTIONS,
    on: option('日期', '从哪一天起算登记'),
    bank: option('代码', '名单里没有写开户行的，用这个'),
  },
  words: 1,
  run: async ({ values, positionals: [file], say, json }) => {
    if (file === undefined) throw new UsageError('请写明文件')
    const bytes = readFileSync(file)
    return actingAs(values, async ({ deps, actor, county }) => {
      const imported = await importFile(
        deps,
        { actor, county, kinds: importKinds, jobs: jobHandlers },
        {
          ...{ kind: 'people', fileName: file.split('/').at(-1) ?? file, bytes },
          ...{ on: required(values, 'on'), bankCode: typeof values.bank === 'string' ? values.bank : '' },
        },
      )
      const { counts, faults } = imported
      say(`登记 ${counts.loaded} 人；${counts.known} 人已建档，未改动；${counts.wrong} 行需改正`)
      for (const { row, column, reason, remedy } of faults)
        say(`  第 ${row} 行 ${column}：${reason}。${remedy}`)
      json(imported)
      return counts.wrong === 0 ? 0 : 1
    })
  },
}

export const peopleCommands: readonly CliCommand[] = [people]
