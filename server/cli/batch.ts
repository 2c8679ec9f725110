import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { commands, programs } from '../app.ts'
import { fileBatch, importResults, listClaims, listHolds, readBatchFile } from '../engines/funds/index.ts'
import { layouts } from '../layouts.ts'
import { read } from '../platform/command.ts'
import { formatYuan, yuanToFen } from '../platform/money.ts'
import {
  actingAs,
  AS_OPTIONS,
  numberOf,
  option,
  required,
  UsageError,
  type CliCall,
  type CliCommand,
} from './cli.ts'

/** What the bank and the recipient read for each programme. */
const LABELS = Object.fromEntries([...programs.values()].map(({ key, title }) => [key, title]))

/** By the name of its file or by its key. */
function layoutOf(name: string) {
  const layout = layouts.get(name.replaceAll('-', '_'))
  if (!layout) throw new UsageError(`没有“${name}”这种银行文件格式，有：${[...layouts.keys()].join('、')}`)
  return layout
}

const batch: CliCommand = {
  name: 'batch',
  summary:
    '发放批次：create 生成、approve 审批（占用预算）、file 生成银行文件、results 导入回单、cancel 作废',
  usage:
    'batch create --group G --year 2020 --title 标题 --layout csv-utf8 | approve|cancel 批次号 | file 批次号 [--out 目录] | results 批次号 文件 --as 登录名',
  options: {
    ...AS_OPTIONS,
    group: option('项目组', 'create：哪个项目组，如 basic_assistance'),
    year: option('年份', 'create：用哪一年的预算'),
    title: option('标题', 'create：批次的标题'),
    layout: option('格式', 'create：银行文件的格式，不写的是 csv-utf8'),
    out: option('目录', 'file：银行文件写到哪里，不写的是当前目录'),
  },
  words: 3,
  run: async (call) => {
    const [step = ''] = call.positionals
    const run = STEPS[step]
    if (!run) throw new UsageError(`没有“${step}”这一步`)
    return run(call)
  },
}

const STEPS: Readonly<Record<string, (call: CliCall) => Promise<number>>> = {
  create: ({ values, say, json }) =>
    actingAs(values, async ({ does }) => {
      const layout = layoutOf(typeof values.layout === 'string' ? values.layout : 'csv-utf8')
      const order = {
        programGroup: required(values, 'group'),
        fiscalYear: numberOf(values, 'year'),
        title: required(values, 'title'),
        layout,
        labels: LABELS,
      }
      const made = await does(commands.createBatch, order)
      say(
        `第 ${made.batchNo} 批：${made.lines} 笔，${formatYuan(made.totalFen)} 元；暂缓 ${made.held.lines} 笔，缺账户 ${made.missingAccount.length} 笔`,
      )
      json(made)
      return 0
    }),
  approve: (call) =>
    step(call, '已审批，预算已占用。', (does, batchNo) => does(commands.approveBatch, { batchNo })),
  cancel: (call) => step(call, '已作废。', (does, batchNo) => does(commands.cancelBatch, { batchNo })),
  file: ({ values, positionals, say, json }) =>
    actingAs(values, async ({ deps, actor, county }) => {
      const batchNo = batchNoOf(positionals)
      const call = { actor, county }
      const filed = await fileBatch(deps, { ...call, idempotencyKey: randomUUID(), input: { batchNo } })
      const folder = typeof values.out === 'string' ? values.out : '.'
      mkdirSync(folder, { recursive: true })
      for (const { part } of filed.files) {
        const { name, bytes } = await readBatchFile(deps, { ...call, input: { batchNo, part } })
        writeFileSync(path.join(folder, name), bytes, { mode: 0o600 })
        say(`已写出 ${path.join(folder, name)}`)
      }
      json(filed)
      return 0
    }),
  results: ({ values, positionals, say, json }) =>
    actingAs(values, async ({ deps, actor, county }) => {
      const file = positionals[2]
      if (file === undefined) throw new UsageError('请写明回单文件')
      const input = { batchNo: batchNoOf(positionals), bytes: readFileSync(file) }
      const result = await importResults(deps, { actor, county, idempotencyKey: randomUUID(), input })
      say(result.alreadyImported ? '这份回单以前已导入，没有任何改变。' : `已导入 ${result.lines} 条回单。`)
      json(result)
      return 0
    }),
}

type Does = Parameters<Parameters<typeof actingAs>[1]>[0]['does']

function step(
  { values, positionals, say, json }: CliCall,
  text: string,
  act: (does: Does, batchNo: number) => Promise<unknown>,
): Promise<number> {
  return actingAs(values, async ({ does }) => {
    const result = await act(does, batchNoOf(positionals))
    say(text)
    json(result)
    return 0
  })
}

function batchNoOf([, text]: readonly string[]): number {
  const batchNo = Number(text)
  if (!Number.isSafeInteger(batchNo) || batchNo < 1) throw new UsageError('请写明批次号')
  return batchNo
}

const receipt: CliCommand = {
  name: 'receipt',
  summary: '应追回款：list 列出、decide 决定追回、add 登记退回款',
  usage:
    'receipt list|decide 编号 --decision 决定|add 编号 --yuan 600.00 --on 2020-07-10 --paper 回单号 --as 登录名',
  options: {
    ...AS_OPTIONS,
    yuan: option('金额', 'add：退回多少元，如 600.00'),
    on: option('日期', 'add：哪一天退回'),
    paper: option('回单号', 'add：凭哪张回单'),
    decision: option('决定', 'decide：追回的决定'),
  },
  words: 2,
  run: async ({ values, positionals: [verb, claimId = ''], say, json }) =>
    actingAs(values, async ({ deps, actor, county, does }) => {
      if (verb === 'decide')
        json(await does(commands.decideClaim, { claimId, decision: required(values, 'decision') }))
      else if (verb === 'add') {
        const given = {
          fen: yuanToFen(required(values, 'yuan')),
          receivedOn: required(values, 'on'),
          paper: required(values, 'paper'),
        }
        json(await does(commands.addReceipt, { claimId, ...given }))
      } else if (verb === 'list') {
        const claims = await read(deps, { actor, county }, (ctx) => listClaims(ctx, { status: 'open' }))
        for (const claim of claims) say(`${claim.id}  ${claim.forMonth}  ${formatYuan(claim.openFen)} 元`)
        json(claims)
      } else throw new UsageError('请写明 list、decide 或 add')
      if (verb !== 'list') say('已登记。')
      return 0
    }),
}

const hold: CliCommand = {
  name: 'hold',
  summary: '暂缓发放：set 设置、lift 解除、list 列出；不改变应发额',
  usage:
    'hold set --award 编号|--person 编号 --from 2020-05 --cause 原因 --evidence 依据 --review 2020-06-30 | lift 编号 --reason 理由 | list --as 登录名',
  options: {
    ...AS_OPTIONS,
    award: option('编号', 'set：暂缓哪份待遇'),
    person: option('编号', 'set：暂缓这个人的全部待遇'),
    from: option('月份', 'set：从哪个月起'),
    cause: option('原因', 'set：为什么'),
    evidence: option('依据', 'set：凭什么'),
    review: option('日期', 'set：哪一天复查'),
    reason: option('理由', 'lift：为什么解除'),
  },
  words: 2,
  run: async ({ values, positionals: [verb, holdId = ''], say, json }) =>
    actingAs(values, async ({ deps, actor, county, does }) => {
      if (verb === 'set') {
        const target =
          values.award === undefined
            ? { personId: required(values, 'person') }
            : { awardId: required(values, 'award') }
        const why = {
          cause: required(values, 'cause'),
          evidence: required(values, 'evidence'),
          reviewOn: required(values, 'review'),
        }
        json(await does(commands.setHold, { ...target, fromMonth: required(values, 'from'), ...why }))
        say('已暂缓发放；应发额不变，请按期复查。')
      } else if (verb === 'lift') {
        json(await does(commands.liftHold, { holdId, reason: required(values, 'reason') }))
        say('已解除，下一批发放将包含所暂缓的款项。')
      } else if (verb === 'list') {
        const holds = await read(deps, { actor, county }, (ctx) => listHolds(ctx))
        for (const each of holds) say(`${each.id}  自 ${each.fromMonth}  ${each.cause}`)
        json(holds)
      } else throw new UsageError('请写明 set、lift 或 list')
      return 0
    }),
}

export const batchCommands: readonly CliCommand[] = [batch, receipt, hold]
