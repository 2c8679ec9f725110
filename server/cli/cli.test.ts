import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDeps } from './cli.ts'
import { COMMANDS, main } from './main.ts'

/** Exit codes and the shapes that scripts rely on: 0 done, 1 a finding or a refusal, 2 wrong usage. */

afterEach(() => {
  vi.restoreAllMocks()
})

interface Outcome {
  code: number
  out: string
  err: string
}

async function minben(...args: string[]): Promise<Outcome> {
  const written = { out: '', err: '' }
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((written.out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((written.err += String(text)), true))
  try {
    return { code: await main(args), ...written }
  } finally {
    vi.restoreAllMocks()
  }
}

describe('help and usage', () => {
  test('--help and no command list every command, on standard output', async () => {
    for (const args of [['--help'], ['-h'], []]) {
      const { code, out, err } = await minben(...args)
      expect([code, err]).toEqual([0, ''])
      for (const { name, summary } of COMMANDS)
        expect(out.replaceAll(/ +/g, ' ')).toContain(` ${name} ${summary}`)
    }
  })

  test.each(COMMANDS.map(({ name }) => name))(
    '%s --help tells usage, each option and exit codes',
    async (name) => {
      const { code, out, err } = await minben(...name.split(' '), '--help')
      expect([code, err]).toEqual([0, ''])
      expect(out).toContain(`minben ${name} — `)
      expect(out).toMatch(
        /用法：minben .+\n选项：\n(?: {2}--[a-z-]+(?: \S+)? {2}.*\p{Script=Han}.*\n)+退出码：0 /u,
      )
    },
  )

  test.each(COMMANDS)('$name: what its usage shows are its options, all of them', ({ usage, options }) => {
    const shown = new Set(usage.match(/--[a-z-]+/g))
    const usual = ['--json', '--county', '--key']
    const own = Object.keys(options).map((each) => `--${each}`)
    expect([...shown].filter((each) => each !== '--json' && !own.includes(each))).toEqual([])
    expect(own.filter((each) => !shown.has(each) && !usual.includes(each))).toEqual([])
  })

  test.each(COMMANDS)(
    '$name refuses an option and a word that it does not know, before it does anything',
    async ({ name, words = 0 }) => {
      const option = await minben(...name.split(' '), '--no-such-option')
      expect(option).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringMatching(/没有“--no-such-option”这个选项，没有执行\n用法：/),
      })
      const surplus = await minben(...name.split(' '), ...Array.from({ length: words + 1 }, () => 'word'))
      expect(surplus).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringMatching(/后面多了“word”，没有执行\n用法：/),
      })
    },
  )

  test('names are unique and no command hides another', () => {
    const names = COMMANDS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  test.each([
    ['an unknown command', ['no-such-command'], '没有“no-such-command”这个命令'],
    ['an option without its value', ['figures', '--county'], '--county 后面缺少内容'],
    ['a value for a flag', ['backup', '--drill=yes'], '--drill 后面不写内容'],
    ['a missing option', ['figures', '--as-of', '2020-06'], '缺少 --county'],
    ['a value that is no month', ['figures', '--county', '441882', '--as-of', 'June'], '不是日期或月份'],
    ['a question without a time', ['figures', '--county', '441882'], '--as-of 或 --period'],
    ['a missing actor', ['run-month', '--month', '2020-03'], '缺少 --as'],
    ['a run number that is no number', ['run-month', '--replay', 'x'], '--replay 应为正整数'],
    ['a step that does not exist', ['run', 'undo', '1', '--as', 'clerk'], '请写明步骤和核算号'],
    ['a scenario that does not exist', ['demo', 'load', 'atlantis'], '没有“atlantis”这个演示'],
  ])('%s: exit code 2, the reason on standard error', async (_title, args, reason) => {
    const { code, out, err } = await minben(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(reason)
  })

  test('the program itself passes the exit code on', () => {
    const bin = path.resolve(import.meta.dirname, '../../bin/minben.js')
    const codeOf = (...args: string[]) =>
      spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' }).status
    expect([codeOf('--help'), codeOf('no-such-command')]).toEqual([0, 2])
  })
})

describe('on the small demonstration, two months of it', () => {
  const varDir = mkdtempSync(path.join(tmpdir(), 'minben-cli-'))

  beforeAll(async () => {
    vi.stubEnv('MINBEN_VAR', varDir)
    vi.stubEnv('DATABASE_URL', undefined)
    const { code, out } = await minben('demo', 'load', 'small', '--months', '2', '--json')
    expect(code).toBe(0)
    const { months } = JSON.parse(out) as { months: { month: string; group: string; isClosed: boolean }[] }
    expect(months.map(({ month, group, isClosed }) => [month, group, isClosed])).toEqual(
      ['2020-01', '2020-02'].flatMap((month) => [
        [month, 'basic_assistance', true],
        [month, 'temporary_assistance', true],
      ]),
    )
  }, 300_000)
  afterAll(() => {
    vi.unstubAllEnvs()
    rmSync(varDir, { recursive: true, force: true })
  })

  test('a second load is refused: exit code 1, the code of the refusal on standard error', async () => {
    const { code, err } = await minben('demo', 'load', 'small')
    expect(code).toBe(1)
    expect(err).toContain('platform.not_empty')
  })

  test('figures --json is a list of indicator, period, value and unit', async () => {
    const asOf = await minben('figures', '--county', '441882', '--as-of', '2020-02-29', '--json')
    const period = await minben('figures', '--county', '441882', '--period', '2020-01..2020-02', '--json')
    expect([asOf.code, asOf.err, period.code, period.err]).toEqual([0, '', 0, ''])
    for (const [answer, time] of [
      [asOf, '2020-02'],
      [period, '2020-01..2020-02'],
    ] as const) {
      const figures = JSON.parse(answer.out) as Record<string, unknown>[]
      expect(figures.length).toBeGreaterThan(5)
      for (const { indicator, period: on, value, unit, breakdown = {}, ...more } of figures) {
        expect([typeof indicator, on, typeof value, typeof unit, typeof breakdown, more]).toEqual([
          'string',
          time,
          'number',
          'string',
          'object',
          {},
        ])
      }
    }
    const names = (JSON.parse(asOf.out) as { indicator: string }[]).map(({ indicator }) => indicator)
    expect(names).toContain('城镇低保户数')
  })

  test('run-month --json names the run, its lines and fen, the comparison with last month, and what blocks it', async () => {
    const { code, out, err } = await minben('run-month', '--month', '2020-03', '--as', 'clerk', '--json')
    const run = JSON.parse(out) as {
      run: number
      month: string
      lines: number
      amountFen: number
      comparison: object
      blockers: unknown[]
    }
    expect([code, err]).toEqual([run.blockers.length === 0 ? 0 : 1, ''])
    expect(Object.keys(run).toSorted()).toEqual([
      'amountFen',
      'blockers',
      'comparison',
      'lines',
      'month',
      'run',
    ])
    expect(run).toMatchObject({ run: 5, month: '2020-03' })
    expect(run.lines).toBeGreaterThan(100)
    expect(Number.isSafeInteger(run.amountFen)).toBe(true)
    expect(Object.keys(run.comparison).toSorted()).toEqual([
      'extreme_poverty_care',
      'extreme_poverty_support',
      'subsistence_allowance',
    ])
  })

  test('run-month --replay answers 0 when the bytes are the same', async () => {
    const { code, out } = await minben('run-month', '--replay', '1', '--county', '441882', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ runNo: 1, isIdentical: true })
  })

  test.each([
    [
      'an account that does not exist',
      ['run-month', '--month', '2020-04', '--as', 'nobody'],
      'platform.account_unknown',
    ],
    ['a second run while one is open', ['run-month', '--month', '2020-04', '--as', 'clerk'], 'benefits.'],
    [
      'somebody without the permission',
      ['run', 'approve', '5', '--as', 'clerk'],
      'platform.permission_missing',
    ],
    [
      'a run that does not exist',
      ['run-month', '--replay', '99', '--county', '441882'],
      'benefits.run_unknown',
    ],
  ])('%s: exit code 1', async (_title, args, refusal) => {
    const { code, err } = await minben(...args)
    expect(code).toBe(1)
    expect(err).toContain(refusal)
  })

  test('while the demonstration is not whole it is read and not changed: exit code 1', async () => {
    await withDeps(async ({ database }) => {
      const admin = new pg.Client({ connectionString: database.adminUrl })
      await admin.connect()
      await admin.query('update platform.installation set loaded_at = null')
      await admin.end()
    })
    const changing = await minben('run', 'check', '5', '--as', 'checker')
    expect([changing.code, changing.err]).toEqual([1, expect.stringContaining('platform.demo_loading')])
    expect((await minben('figures', '--county', '441882', '--as-of', '2020-02')).code).toBe(0)
  })
})
