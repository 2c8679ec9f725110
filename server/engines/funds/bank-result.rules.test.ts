import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../platform/errors.ts'
import { renderResultFile, type BankAnswer } from './bank-answer.rules.ts'
import { encodeText } from './bank-cell.rules.ts'
import { parseLayout } from './bank-file.rules.ts'
import type { Layout } from './bank-file.schema.ts'
import { matchResults, parseResultFile, type ResultLine } from './bank-result.rules.ts'

const fixedGbk = shipped('fixed-gbk')
const fixedUtf8 = shipped('fixed-utf8')
const csv = shipped('csv-utf8')

const paid: BankAnswer = {
  ref: 'R1',
  payeeName: '王小明',
  account: '62170001',
  amountFen: 80_700,
  outcome: 'paid',
}
const returned: BankAnswer = {
  ...paid,
  ref: 'R2',
  account: '62170002',
  amountFen: 12_345,
  outcome: 'returned',
  reasonCode: '9002',
  reason: '户名与账号不符',
}
const unknown: BankAnswer = { ...paid, ref: 'R3', account: '62170003', amountFen: 1, outcome: 'unknown' }

function shipped(name: string): Layout {
  const path = join(import.meta.dirname, '../../../policies/layouts', `${name}.json`)
  return parseLayout(JSON.parse(readFileSync(path, 'utf8')))
}

/** The bank's file with something changed in its text. */
function spoiled(
  layout: Layout,
  answers: readonly BankAnswer[],
  change: (text: string) => string,
): Uint8Array {
  const text = new TextDecoder(layout.encoding).decode(renderResultFile(layout, answers))
  return encodeText(change(text), layout.encoding)
}

function csvFile(...lines: string[]): Uint8Array {
  return Buffer.from(['业务编号,户名,账号,金额（元）,处理结果,失败原因', ...lines].join('\r\n'))
}

interface Row {
  row: number
  column: string
  reason: string
  remedy: string
}

function rowsRefused(run: () => unknown): Row[] {
  try {
    run()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.code).toBe('funds.result_file_invalid')
    expect(error.message).toContain('未导入任何一行')
    const rows = error.details?.['rows'] as Row[]
    for (const row of rows) expect(row.remedy).not.toBe('')
    return rows
  }
  throw new Error('nothing was refused')
}

describe('reading', () => {
  test('codes become paid, returned, unknown; amounts are fen; rows are lines of the file', () => {
    const lines = parseResultFile(fixedGbk, renderResultFile(fixedGbk, [paid, returned, unknown]))

    const expected: Partial<ResultLine>[] = [
      { row: 2, ref: 'R1', outcome: 'paid', reasonCode: '0000', reason: null, amountFen: 80_700 },
      {
        row: 3,
        ref: 'R2',
        outcome: 'returned',
        reasonCode: '9002',
        reason: '户名与账号不符',
        amountFen: 12_345,
      },
      {
        row: 4,
        ref: 'R3',
        outcome: 'unknown',
        reasonCode: '9998',
        reason: '行内处理中，结果待查',
        amountFen: 1,
      },
    ]
    expect(lines).toMatchObject(expected)
  })

  test('a code not listed follows *, here returned', () => {
    const file = renderResultFile(fixedGbk, [{ ...returned, reasonCode: '7777' }])

    expect(parseResultFile(fixedGbk, file)).toMatchObject([{ outcome: 'returned', reasonCode: '7777' }])
  })

  test('a line without a code is no answer, even where * is listed', () => {
    const file = spoiled(fixedGbk, [returned], (text) => text.replace('9002', '    '))

    expect(rowsRefused(() => parseResultFile(fixedGbk, file))).toMatchObject([
      { row: 2, column: '处理结果代码' },
    ])
  })

  test('a code that is neither listed nor covered by * is refused, not guessed', () => {
    const { '*': _star, ...outcomes } = fixedGbk.result.outcomes
    const strict = { ...fixedGbk, result: { ...fixedGbk.result, outcomes } }
    const file = renderResultFile(fixedGbk, [paid, { ...returned, reasonCode: '7777' }])

    expect(rowsRefused(() => parseResultFile(strict, file))).toMatchObject([
      { row: 3, reason: '代码“7777”不在版式的对照表中' },
    ])
  })

  test('a file of fewer lines than sent is fine', () => {
    expect(parseResultFile(csv, renderResultFile(csv, [paid]))).toHaveLength(1)
  })

  test('LF for CRLF, empty lines and ^Z at the end change nothing', () => {
    const file = spoiled(fixedGbk, [paid, returned], (text) => `${text.replaceAll('\r\n', '\n')}\n\u001a`)

    expect(parseResultFile(fixedGbk, file)).toEqual(
      parseResultFile(fixedGbk, renderResultFile(fixedGbk, [paid, returned])),
    )
  })

  test('with reference and a blank amount the amount is null; by account it is required', () => {
    expect(parseResultFile(csv, csvFile('R1,王,62170001,,成功,'))).toMatchObject([
      { ref: 'R1', amountFen: null },
    ])
    const file = spoiled(fixedUtf8, [paid], (text) => text.replace('         807.00', '               '))
    expect(rowsRefused(() => parseResultFile(fixedUtf8, file))).toMatchObject([{ row: 1, column: '金额' }])
  })

  test('the same line twice counts once', () => {
    expect(
      parseResultFile(csv, csvFile('R1,王,62170001,1.00,成功,', 'R1,王,62170001,1.00,成功,')),
    ).toHaveLength(1)
  })
})

describe('what is refused, with row, column, reason and remedy', () => {
  test.each<[string, string[], Partial<Row>[]]>([
    [
      'two outcomes for one reference',
      ['R1,王,62170001,1.00,成功,', 'R1,王,62170001,1.00,失败,'],
      [{ row: 3, column: '编号' }],
    ],
    [
      'two amounts for one reference',
      ['R1,王,62170001,1.00,成功,', 'R1,王,62170001,2.00,成功,'],
      [{ row: 3, column: '编号' }],
    ],
    ['thousands separators', ['R1,王,62170001,"1,000.00",成功,'], [{ row: 2, column: '金额（元）' }]],
    ['a third decimal', ['R1,王,62170001,1.005,成功,'], [{ row: 2, column: '金额（元）' }]],
    ['a negative amount', ['R1,王,62170001,-1.00,成功,'], [{ row: 2, column: '金额（元）' }]],
    ['an account saved as 6.2E+18', ['R1,王,6.217E+18,1.00,成功,'], [{ row: 2, column: '账号' }]],
    ['no reference', [',王,62170001,1.00,成功,'], [{ row: 2, column: '业务编号' }]],
    ['a missing column', ['R1,王,62170001,1.00,成功'], [{ row: 2, column: '整行' }]],
    ['an open quotation mark', ['R1,"王,62170001,1.00,成功,'], [{ row: 2, column: '整行' }]],
    [
      'an empty line in between',
      ['R1,王,62170001,1.00,成功,', '', 'R2,王,62170001,1.00,成功,'],
      [{ row: 3, column: '整行' }],
    ],
    ['no lines', [], [{ column: '全文' }]],
    [
      'two faults: both are listed',
      ['R1,王,62170001,x,成功,', ',王,62170001,1.00,成功,'],
      [{ row: 2 }, { row: 3 }],
    ],
  ])('%s', (_, lines, expected) => {
    expect(rowsRefused(() => parseResultFile(csv, csvFile(...lines)))).toMatchObject(expected)
  })

  test('a quoted line break keeps later row numbers right', () => {
    const lines = ['R1,"王\n小明",62170001,1.00,成功,', 'R2,王,62170001,x,成功,']

    expect(rowsRefused(() => parseResultFile(csv, csvFile(...lines)))).toMatchObject([{ row: 4 }])
  })

  test('columns in another order', () => {
    const file = Buffer.from(
      '户名,业务编号,账号,金额（元）,处理结果,失败原因\r\n王,R1,62170001,1.00,成功,\r\n',
    )

    expect(rowsRefused(() => parseResultFile(csv, file)).map(({ row }) => row)).toContain(1)
  })

  test.each<[string, (text: string) => string, Partial<Row>]>([
    ['a control count of one less', (t) => t.replace('R00000003', 'R00000002'), { row: 1, column: '总笔数' }],
    // 807.00 + 123.45 + 0.01 = 930.46 yuan
    ['a control sum of one fen less', (t) => t.replace('93046', '93045'), { row: 1, column: '总金额' }],
    [
      'a sum of paid lines that is not Σ paid',
      (t) => t.replace('0000000000080700', '0000000000080701'),
      { row: 5, column: '成功金额' },
    ],
    ['another record mark', (t) => t.replace('\r\nDR2', '\r\nXR2'), { row: 3, column: '固定内容' }],
    ['a line cut short', (t) => t.replace('户名与账号不符', '户名与账号'), { row: 3, column: '整行' }],
  ])('%s', (_, change, expected) => {
    const file = spoiled(fixedGbk, [paid, returned, unknown], change)

    expect(rowsRefused(() => parseResultFile(fixedGbk, file))).toMatchObject([expected])
  })

  test('a line lost on the way: the control totals tell', () => {
    const file = spoiled(fixedGbk, [paid, returned, unknown], (text) => text.replace(/\r\nDR2[^\r]*/, ''))

    expect(rowsRefused(() => parseResultFile(fixedGbk, file)).map(({ column }) => column)).toContain('总笔数')
  })

  test('a GBK file read by a UTF-8 layout', () => {
    const file = encodeText('业务编号,户名,账号\r\n', 'gbk')

    expect(rowsRefused(() => parseResultFile(csv, file))).toMatchObject([
      { row: 1, reason: '文件不是 UTF-8 编码' },
    ])
  })
})

describe('tying answers to instructions', () => {
  const sent = [paid, returned, unknown].map(({ ref, account, amountFen }) => ({ ref, account, amountFen }))
  const answer = (over: Partial<ResultLine>): ResultLine => ({
    ...{
      row: 2,
      ref: 'R1',
      account: '62170001',
      outcome: 'paid',
      reasonCode: '0000',
      reason: null,
      amountFen: 80_700,
    },
    ...over,
  })

  test('by account and amount where the bank returns no reference', () => {
    const lines = parseResultFile(
      fixedUtf8,
      renderResultFile(fixedUtf8, [unknown, paid, { ...returned, reasonCode: '01' }]),
    )

    expect(matchResults(lines, sent).map(({ ref, outcome }) => [ref, outcome])).toEqual([
      ['R3', 'unknown'],
      ['R1', 'paid'],
      ['R2', 'returned'],
    ])
  })

  test.each<[string, Partial<ResultLine>, string]>([
    ['a reference that was not sent', { ref: 'R8' }, '编号'],
    ['one fen less than sent', { amountFen: 80_699 }, '金额'],
    ['paid with an amount of 0', { amountFen: 0 }, '金额'],
    ['another account', { account: '62170009' }, '收款账号'],
    ['an account and amount that were not sent', { ref: null, amountFen: 5 }, '收款账号'],
  ])('%s is refused', (_, over, column) => {
    expect(rowsRefused(() => matchResults([answer(over)], sent))).toMatchObject([{ row: 2, column }])
  })

  test('a returned line may state 0 or nothing as its amount', () => {
    const lines = [
      answer({ outcome: 'returned', amountFen: 0 }),
      answer({ ref: 'R2', account: null, amountFen: null }),
    ]

    expect(matchResults(lines, sent).map(({ ref }) => ref)).toEqual(['R1', 'R2'])
  })

  // Two instructions of 10.00 to one account: only equal answers to both can be told apart.
  const twins = ['A', 'B'].map((ref) => ({ ref, account: '6217', amountFen: 1000 }))
  const twin = (outcome: 'paid' | 'returned', row: number) =>
    answer({ ref: null, account: '6217', amountFen: 1000, outcome, row })
  test.each([
    ['both paid', [twin('paid', 1), twin('paid', 2)], ['A', 'B']],
    ['one paid, one returned', [twin('paid', 1), twin('returned', 2)], undefined],
    ['one answered', [twin('paid', 1)], undefined],
    ['three answered', [twin('paid', 1), twin('paid', 2), twin('paid', 3)], undefined],
  ])('two equal instructions, %s', (_, lines, refs) => {
    if (refs) expect(matchResults(lines, twins).map(({ ref }) => ref)).toEqual(refs)
    else expect(rowsRefused(() => matchResults(lines, twins))).toHaveLength(lines.length)
  })
})

test('any answers: what the bank writes is what we read, in every layout', () => {
  const anyAnswers = fc.array(
    fc.record({
      payeeName: fc.constantFrom('王小明', '阿依努尔·买买提', '=1', 'A,"B"'),
      amountFen: fc.integer({ min: 0, max: 10 ** 12 }),
      outcome: fc.constantFrom('paid' as const, 'returned' as const, 'unknown' as const),
    }),
    { minLength: 1, maxLength: 20 },
  )
  fc.assert(
    fc.property(anyAnswers, fc.constantFrom(fixedGbk, fixedUtf8, csv), (rows, layout) => {
      // Each answer has its own account, so that account and amount name one instruction.
      const answers = rows.map((row, index): BankAnswer => ({
        ...row,
        ref: `R${index}`,
        account: `6217${index + 1000}`,
      }))

      const lines = matchResults(
        parseResultFile(layout, renderResultFile(layout, answers)),
        answers.map(sentOf),
      )

      expect(lines.map(({ ref, outcome, amountFen }) => ({ ref, outcome, amountFen }))).toEqual(
        answers.map(({ ref, outcome, amountFen }) => ({ ref, outcome, amountFen })),
      )
    }),
    { numRuns: 150, seed: 11 },
  )
})

function sentOf({ ref, account, amountFen }: BankAnswer) {
  return { ref, account, amountFen }
}
