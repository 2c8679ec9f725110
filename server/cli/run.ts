import { commands, programs } from '../app.ts'
import {
  computeRun,
  findRun,
  listOpenBlockers,
  replayRun,
  titleOf,
  type FindingRow,
  type RunSummary,
} from '../engines/benefits/index.ts'
import { formatYuan } from '../platform/money.ts'
import {
  actingAs,
  AS_OPTIONS,
  flag,
  option,
  type ActingAs,
  numberOf,
  progressLine,
  required,
  UsageError,
  withDeps,
  type CliCall,
  type CliCommand,
} from './cli.ts'

const runMonth: CliCommand = {
  name: 'run-month',
  summary: '核算一个月：取知情时点、计算、与上月比较；--replay 重算一次已有核算并逐字节比较',
  usage:
    'run-month --month 2020-06 [--group basic_assistance] [--full] --as 登录名 | run-month --resume 核算号 --as 登录名 | run-month --replay 核算号 --county 441882',
  options: {
    ...AS_OPTIONS,
    month: option('月份', '核算哪个月，如 2020-06'),
    group: option('项目组', '不写的是 basic_assistance（低保特困）'),
    full: flag('全部重新计算，不沿用上月没有变化的'),
    replay: option('核算号', '重算已有的一次，与当时写下的逐字节比较'),
    resume: option('核算号', '接着算没有算完的一次'),
  },
  run: (call) => (call.values.replay === undefined ? startMonth(call) : replay(call)),
}

async function startMonth({ values, say, json }: CliCall): Promise<number> {
  const month = values.resume === undefined ? required(values, 'month') : ''
  const group = typeof values.group === 'string' ? values.group : 'basic_assistance'
  return actingAs(values, async ({ deps, county, does }) => {
    const resumed = typeof values.resume === 'string' ? Number(values.resume) : undefined
    const runNo =
      resumed ?? (await does(commands.startRun, { group, month, isFull: values.full === true })).runNo
    const show = progressLine(say)
    const computed = await computeRun(deps, programs, {
      county,
      runNo,
      onProgress: (done, total) => show(`计算 ${done}/${total} 段`),
    })
    show('')
    const run = await findRun(deps.database.runner, county, runNo)
    const blockers = await listOpenBlockers(deps.database.runner, county, runNo)
    say(
      `第 ${runNo} 次核算 ${run?.month ?? month}：${computed.lines} 条，合计 ${formatYuan(computed.amountFen)} 元`,
    )
    for (const line of comparisonText(run?.comparison ?? {})) say(line)
    for (const line of blockerText(blockers)) say(line)
    json({
      run: runNo,
      month: run?.month,
      lines: computed.lines,
      amountFen: computed.amountFen,
      comparison: run?.comparison,
      blockers,
    })
    return blockers.length === 0 ? 0 : 1
  })
}

function comparisonText(comparison: RunSummary): string[] {
  return Object.entries(comparison).map(([program, each]) => {
    const title = programs.get(program)?.title ?? program
    const { new: added, ended, raised, lowered } = each.changes
    const steps = [
      `上月 ${formatYuan(each.previousFen)}`,
      `新增 ${added.awards} 笔 ${formatYuan(added.fen)}`,
      `停发 ${ended.awards} 笔 ${formatYuan(ended.fen)}`,
      `提高 ${raised.awards} 笔 ${formatYuan(raised.fen)}`,
      `降低 ${lowered.awards} 笔 ${formatYuan(lowered.fen)}`,
      `本月 ${formatYuan(each.currentFen)}`,
      `补发 ${each.arrears.lines} 条 ${formatYuan(each.arrears.fen)}`,
      `更正 ${each.correction.lines} 条 ${formatYuan(each.correction.fen)}`,
    ]
    return `  ${title}：${steps.join('；')}`
  })
}

function blockerText(blockers: readonly FindingRow[]): string[] {
  return blockers
    .slice(0, 20)
    .map(
      (each) =>
        `  待处理：${titleOf(each.kind)} 待遇 ${each.awardId ?? '—'} ${each.forMonth ?? ''} ${JSON.stringify(each.detail)}`,
    )
}

async function replay({ values, say, json }: CliCall): Promise<number> {
  const runNo = numberOf(values, 'replay')
  const county = required(values, 'county')
  return withDeps(async (deps) => {
    const result = await replayRun(deps, programs, { county, runNo })
    const verdict = result.isIdentical ? '与当时写下的逐字节相同' : '与当时不同'
    say(`第 ${runNo} 次核算重算：${result.lines} 条，${verdict}（${result.replayedDigest.slice(0, 16)}）`)
    if (result.firstDifference) say(JSON.stringify(result.firstDifference, null, 1))
    json(result)
    return result.isIdentical ? 0 : 1
  })
}

type Does = ActingAs['does']

const STEPS: Readonly<Record<string, readonly [(does: Does, runNo: number) => Promise<unknown>, string]>> = {
  check: [(does, runNo) => does(commands.checkRun, { runNo }), '复核'],
  approve: [(does, runNo) => does(commands.approveRun, { runNo }), '审批'],
  publish: [(does, runNo) => does(commands.publishRun, { runNo }), '发布'],
  reject: [(does, runNo) => does(commands.rejectRun, { runNo }), '退回'],
  cancel: [(does, runNo) => does(commands.cancelRun, { runNo }), '撤销'],
}

const runStep: CliCommand = {
  name: 'run',
  summary: '核算的各步：check 复核、approve 审批、publish 发布、reject 退回、cancel 撤销',
  usage: 'run check|approve|publish|reject|cancel 核算号 --as 登录名',
  options: AS_OPTIONS,
  words: 2,
  run: async ({ values, positionals, say, json }) => {
    const [step = '', no] = positionals
    const found = STEPS[step]
    if (!found || !Number.isSafeInteger(Number(no))) throw new UsageError('请写明步骤和核算号')
    const [act, title] = found
    return actingAs(values, async ({ does }) => {
      const result = await act(does, Number(no))
      say(`第 ${no} 次核算已${title}。`)
      json(result)
      return 0
    })
  },
}

export const runCommands: readonly CliCommand[] = [runMonth, runStep]
