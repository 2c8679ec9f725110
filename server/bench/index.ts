/**
 * Measures the product against a floor taken in the same minutes on the same machine (docs: ratios, never seconds).
 *
 * floor (F)  one INSERT … SELECT of as many rows as a run writes lines, into a table with a primary key and one index
 * pass       F, then a run of the next month from start to publication, by the product's commands
 * search, http   the product's server on 127.0.0.1 over ten connections, against a bare server on the same data
 */
import { parseArgs } from 'node:util'
import { benchHttp } from './http.ts'
import { benchSearch } from './search.ts'
import { benchRunMonth, type RunMonthOptions, type RunMonthResult } from './run-month.ts'

const USAGE =
  '用法：bench run-month|raise|cold|linearity|search|http --people 1000000 --history 24 [--passes 3] [--pages person,desk] [--during-run] [--reuse] [--keep] [--json]'

type Bench = (
  options: RunMonthOptions & { isReused: boolean; isDuringRun: boolean; only: string[] },
) => Promise<object>

const BENCHES: Readonly<Record<string, Bench>> = {
  'run-month': benchRunMonth,
  raise: (options) => benchRunMonth({ ...options, withRaise: true }),
  cold,
  linearity,
  search: benchSearch,
  http: benchHttp,
}

/** Exit code 0 done, 2 usage. The last line is the result as JSON with --json. */
export async function benchCommand(args: string[]): Promise<number> {
  const call = readCall(args)
  if (!call) {
    console.error(USAGE)
    return 2
  }
  const result = await call.bench({ ...call.options, say: (text) => console.error(text) })
  console.log(call.isJson ? JSON.stringify(result) : JSON.stringify(result, null, 2))
  return 0
}

function readCall(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      people: { type: 'string', default: '100000' },
      history: { type: 'string', default: '24' },
      passes: { type: 'string', default: '3' },
      pages: { type: 'string', default: '' },
      keep: { type: 'boolean', default: false },
      reuse: { type: 'boolean', default: false },
      'during-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const bench = BENCHES[positionals[0] ?? 'run-month']
  const [people = 0, history = 0, passes = 0] = [values.people, values.history, values.passes].map(Number)
  const isWhole = [people, history, passes].every(Number.isSafeInteger)
  if (!bench || !isWhole || people < 100 || history < 0 || passes < 1) return undefined
  const { keep: isKept, reuse: isReused, 'during-run': isDuringRun } = values
  const only = values.pages.split(',').filter(Boolean)
  return {
    bench,
    options: { people, history, passes, isKept, isReused, isDuringRun, only },
    isJson: values.json,
  }
}

/** The same run after a load without ANALYZE, against the run with statistics. */
async function cold(options: RunMonthOptions): Promise<object> {
  const warm = await benchRunMonth(options)
  const result = await benchRunMonth({ ...options, isAnalyzed: false })
  return {
    ...result,
    name: 'cold',
    againstWarmWall: quotient(result, warm, 'ratioWall'),
    againstWarmCpu: quotient(result, warm, 'ratioCpu'),
    warm,
  }
}

/** Ten times the people: how many times as long, each against its own floor. */
async function linearity(options: RunMonthOptions): Promise<object> {
  const small = await benchRunMonth({ ...options, people: Math.round(options.people / 10) })
  const result = await benchRunMonth(options)
  const growth = result.lines / small.lines
  const times = (key: 'ratioWall' | 'ratioCpu') =>
    Math.round(quotient(result, small, key) * growth * 100) / 100
  return {
    ...result,
    name: 'linearity',
    times: { seconds: result.runMs / small.runMs, wall: times('ratioWall'), cpu: times('ratioCpu') },
    small,
  }
}

function quotient(a: RunMonthResult, b: RunMonthResult, key: 'ratioWall' | 'ratioCpu'): number {
  return Math.round((a[key] / b[key]) * 100) / 100
}
