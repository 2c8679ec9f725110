import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../platform/errors.ts'
import { charactersOutside, encodeText } from './bank-cell.rules.ts'
import { parseLayout, renderBankFiles, type PayLine } from './bank-file.rules.ts'
import type { Layout } from './bank-file.schema.ts'

const batch = { county: '441882', number: 'PC2020-03-01', date: '2020-03-15', title: '2020年3月低保金' }
const fixedGbk = shipped('fixed-gbk')
const fixedUtf8 = shipped('fixed-utf8')
const csv = shipped('csv-utf8')

function shipped(name: string): Layout {
  const path = join(import.meta.dirname, '../../../policies/layouts', `${name}.json`)
  return parseLayout(JSON.parse(readFileSync(path, 'utf8')))
}

function payLine(over: Partial<PayLine> = {}): PayLine {
  return {
    ref: 'R0001',
    payeeName: '王小明',
    account: '6217000000000000001',
    bankCode: '103601',
    amountFen: 80_700,
    forMonth: '2020-03',
    program: '城市低保',
    purpose: '3月低保金',
    ...over,
  }
}

function payLines(count: number): PayLine[] {
  return Array.from({ length: count }, (_, index) => {
    return payLine({ ref: `R${String(index + 1).padStart(4, '0')}`, amountFen: 100 + index })
  })
}

/** The bank's view: cut by bytes, decoded by the runtime's own decoder, not by ours. */
function cutByBytes(layout: Layout, bytes: Uint8Array): string[][] {
  const ending = layout.lineEnding === 'crlf' ? '\r\n' : '\n'
  const rows: string[][] = []
  const shapes = (total: number) => (index: number) => {
    if (index === 0 && layout.header.length > 0) return layout.header
    return index === total - 1 && layout.trailer.length > 0 ? layout.trailer : layout.detail
  }
  const decoder = new TextDecoder(layout.encoding, { fatal: true })
  const texts = Buffer.from(bytes).toString('latin1').split(ending).slice(0, -1)
  const shapeAt = shapes(texts.length)
  texts.forEach((text, index) => {
    const line = Buffer.from(text, 'latin1')
    let at = 0
    const cells = shapeAt(index).map(({ width = 0 }) => decoder.decode(line.subarray(at, (at += width))))
    expect(line.length).toBe(at)
    rows.push(cells)
  })
  return rows
}

function refusal(run: () => unknown): AppError {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

function cell(layout: Layout, row: readonly string[] | undefined, field: string): string {
  return (row?.[layout.detail.findIndex((column) => column.field === field)] ?? '').trim()
}

describe('fixed width', () => {
  test('widths count bytes: a GBK name of 8 characters takes 16 of 60 bytes', () => {
    const line = payLine({ payeeName: '阿依努尔·买买提' })

    const [file] = renderBankFiles(fixedGbk, batch, [line])
    const [header, detail, trailer] = cutByBytes(fixedGbk, file?.bytes ?? new Uint8Array())

    // H + 441882 + number to 20 + date + part + count + 807.00 yuan in fen to 16
    expect(header).toEqual([
      'H',
      '441882',
      'PC2020-03-01        ',
      '20200315',
      '001',
      '00000001',
      '0000000000080700',
    ])
    expect(detail?.[4]).toBe(`阿依努尔·买买提${' '.repeat(60 - 8 * 2)}`)
    expect(detail?.[6]).toBe('0000000080700')
    expect(detail?.[7]).toBe('202003')
    expect(trailer).toEqual(['T', '00000001', '0000000000080700'])
  })

  test('the same name takes 3 bytes a character in UTF-8, 2 for the middle dot', () => {
    const [file] = renderBankFiles(fixedUtf8, batch, [payLine({ payeeName: '阿依努尔·买买提' })])
    const [detail] = cutByBytes(fixedUtf8, file?.bytes ?? new Uint8Array())

    expect(detail?.[2]).toBe(`阿依努尔·买买提${' '.repeat(90 - (7 * 3 + 2))}`)
    expect(detail?.[3]).toBe('         807.00')
  })

  test.each([
    [30, undefined],
    [31, 'funds.field_too_long'],
  ])('a GBK name of %i characters against 60 bytes → %s', (length, code) => {
    const run = () => renderBankFiles(fixedGbk, batch, [payLine({ payeeName: '买'.repeat(length) })])

    if (!code) expect(run()).toHaveLength(1)
    else {
      const refused = refusal(run)
      expect(refused.code).toBe(code)
      expect(refused.message).toContain('R0001')
      expect(refused.message).toContain('收款人姓名')
      expect(refused.details).toMatchObject({ ref: 'R0001', column: '收款人姓名' })
    }
  })

  test('amounts, purposes and control totals that do not fit are refused, never cut', () => {
    const narrow = {
      ...fixedGbk,
      trailer: fixedGbk.trailer.map((c) => ({ ...c, width: c.field === 'totalFen' ? 4 : 8 })),
    }

    expect(refusal(() => renderBankFiles(fixedGbk, batch, [payLine({ amountFen: 10 ** 13 })])).code).toBe(
      'funds.field_too_long',
    )
    expect(
      refusal(() => renderBankFiles(fixedGbk, batch, [payLine({ purpose: '款'.repeat(31) })])).code,
    ).toBe('funds.field_too_long')
    expect(refusal(() => renderBankFiles(narrow, batch, [payLine()])).details).toMatchObject({
      ref: null,
      column: '总金额',
    })
  })
})

describe('names and the character set', () => {
  test.each([
    ['𠮷田', 'U+20BB7'],
    ['盘㛃', 'U+36C3'],
    ['刘䶮', 'U+4DAE'], // in GBK, not in code page 936
    ['A‧B', 'U+2027'], // a look-alike of the middle dot
    ['李\uE863', 'U+E863'], // private use: means nothing to the bank
  ])('%s stops the whole GBK batch and names person, reference and way out', (payeeName, codePoint) => {
    const lines = [...payLines(3), payLine({ ref: 'R9', payeeName })]

    const refused = refusal(() => renderBankFiles(fixedGbk, batch, lines))

    expect(refused.code).toBe('funds.name_outside_charset')
    expect(refused.message).toContain(payeeName)
    expect(refused.message).toContain('R9')
    expect(refused.message).toContain('UTF-8')
    expect(refused.message).toContain('替代写法')
    expect(refused.details).toMatchObject({ rows: [{ ref: 'R9', codePoints: [codePoint] }] })
    expect(JSON.stringify(refused.details)).not.toContain(payeeName)
  })

  test.each(['𠮷田', '盘㛃', '刘䶮', '阿依努尔·买买提'])('%s is written by a UTF-8 layout', (payeeName) => {
    const [file] = renderBankFiles(fixedUtf8, batch, [payLine({ payeeName })])

    expect(cell(fixedUtf8, cutByBytes(fixedUtf8, file?.bytes ?? new Uint8Array())[0], 'payeeName')).toBe(
      payeeName,
    )
  })

  test('every name outside the set is listed at once', () => {
    const lines = ['𠮷', '王', '㛃'].map((payeeName, index) => payLine({ ref: `R${index}`, payeeName }))

    expect(refusal(() => renderBankFiles(fixedGbk, batch, lines)).details).toMatchObject({
      count: 2,
      rows: [{ ref: 'R0' }, { ref: 'R2' }],
    })
  })

  test('a purpose outside the set is refused under its own code', () => {
    expect(refusal(() => renderBankFiles(fixedGbk, batch, [payLine({ purpose: '补贴😀' })])).code).toBe(
      'funds.text_outside_charset',
    )
  })

  test('half a surrogate pair is outside every set', () => {
    expect(charactersOutside('王\uD842', 'utf-8')).toEqual(['\uD842'])
  })

  test('what we write in GBK, an independent decoder reads as the same text', () => {
    const decoder = new TextDecoder('gbk', { fatal: true })
    fc.assert(
      fc.property(fc.integer({ min: 0x20, max: 0xffff }), (code) => {
        const character = String.fromCharCode(code)
        if (charactersOutside(character, 'gbk').length > 0) return
        expect(decoder.decode(encodeText(character, 'gbk'))).toBe(character)
      }),
      { numRuns: 5000, seed: 1 },
    )
  })
})

describe('what is refused before a file exists', () => {
  test.each<[string, Partial<PayLine>, string]>([
    ['an amount of 0', { amountFen: 0 }, 'funds.amount_not_positive'],
    ['a negative amount', { amountFen: -1 }, 'funds.amount_not_positive'],
    ['half a fen', { amountFen: 0.5 }, 'funds.amount_not_positive'],
    ['no number', { amountFen: Number.NaN }, 'funds.amount_not_positive'],
    ['a reference of 21 characters', { ref: 'R'.repeat(21) }, 'funds.ref_invalid'],
    ['a Chinese reference', { ref: '编号1' }, 'funds.ref_invalid'],
    ['no name', { payeeName: ' ' }, 'funds.field_missing'],
    ['no account', { account: '' }, 'funds.account_invalid'],
    ['an account with a formula', { account: '=1+1' }, 'funds.account_invalid'],
    ['a bank code with a separator', { bankCode: '10,3' }, 'funds.bank_code_invalid'],
    ['a month that does not exist', { forMonth: '2020-13' }, 'funds.month_invalid'],
    ['a name with a line break', { payeeName: '王\n小明' }, 'funds.field_not_plain'],
    ['a name with a zero-width mark', { payeeName: '王\u200B小明' }, 'funds.field_not_plain'],
    ['a name with a space at its end', { payeeName: '王小明 ' }, 'funds.field_not_plain'],
  ])('%s', (_, over, code) => {
    const refused = refusal(() => renderBankFiles(fixedUtf8, batch, [payLine(over)]))

    expect(refused.code).toBe(code)
    expect(refused.message).toContain('整批未生成')
  })

  test('1 fen is paid', () => {
    expect(renderBankFiles(fixedGbk, batch, [payLine({ amountFen: 1 })])[0]?.totalFen).toBe(1)
  })

  test('one reference twice', () => {
    expect(refusal(() => renderBankFiles(fixedGbk, batch, [payLine(), payLine({ amountFen: 5 })])).code).toBe(
      'funds.ref_duplicate',
    )
  })

  test('a batch without lines, a wrong date, a number that would leave the folder', () => {
    expect(refusal(() => renderBankFiles(fixedGbk, batch, [])).code).toBe('funds.batch_empty')
    expect(refusal(() => renderBankFiles(fixedGbk, { ...batch, date: '2020-02-30' }, [payLine()])).code).toBe(
      'funds.batch_date',
    )
    expect(refusal(() => renderBankFiles(fixedGbk, { ...batch, number: '../x' }, [payLine()])).code).toBe(
      'funds.file_name_invalid',
    )
  })
})

describe('CSV', () => {
  function written(line: PayLine): string {
    return Buffer.from(renderBankFiles(csv, batch, [line])[0]?.bytes ?? []).toString('utf8')
  }

  test('byte order mark, titles, one line per payment, totals', () => {
    expect(written(payLine({ payeeName: '王,"小"明' })).split('\r\n')).toEqual([
      '\uFEFF序号,业务编号,户名,账号,开户行号,金额（元）,所属月份,项目,附言',
      '1,R0001,"王,""小""明",6217000000000000001,103601,807.00,2020-03,城市低保,3月低保金',
      '合计,1,807.00',
      '',
    ])
  })

  test.each(['=1+1', '+86', '-王', '@SUM', '＝1'])(
    'a name %s is no formula when the file is opened',
    (payeeName) => {
      expect(written(payLine({ payeeName }))).toContain(`,'${payeeName},`)
      expect(refusal(() => written(payLine({ purpose: payeeName }))).code).toBe('funds.field_like_formula')
    },
  )

  test('a fixed-width file carries the name as it is', () => {
    const [file] = renderBankFiles(fixedGbk, batch, [payLine({ payeeName: '-王' })])

    expect(cell(fixedGbk, cutByBytes(fixedGbk, file?.bytes ?? new Uint8Array())[1], 'payeeName')).toBe('-王')
  })
})

describe('split', () => {
  // n = 4 lines a file
  test.each([
    [1, [1]],
    [3, [3]],
    [4, [4]],
    [5, [4, 1]],
    [8, [4, 4]],
    [9, [4, 4, 1]],
  ])('%i lines at 4 a file → %j', (count, sizes) => {
    const files = renderBankFiles({ ...fixedGbk, maxLinesPerFile: 4 }, batch, payLines(count))

    expect(files.map((file) => file.count)).toEqual(sizes)
    expect(new Set(files.map((file) => file.name)).size).toBe(sizes.length)
    expect(files[0]?.name).toBe('DF_441882_PC2020-03-01_001.txt')
    // Σ (100 + i), i = 0 … count−1
    const total = 100 * count + (count * (count - 1)) / 2
    expect(files.reduce((sum, file) => sum + file.totalFen, 0)).toBe(total)
  })
})

const NAME_CHARACTERS = [...'王李张阿依努尔买提·龑赟媛AZz 09-=,"|']
const anyName = fc
  .array(fc.constantFrom(...NAME_CHARACTERS), { minLength: 1, maxLength: 20 })
  .map((characters) => characters.join('').trim() || '王')
const anyLines = fc
  .array(fc.record({ payeeName: anyName, amountFen: fc.integer({ min: 1, max: 10 ** 12 }) }), {
    minLength: 1,
    maxLength: 25,
  })
  .map((rows) => rows.map((row, index) => payLine({ ...row, ref: `R${index}` })))

test('any batch: read back by bytes it is the same batch, totals equal Σ lines, bytes equal at a second rendering', () => {
  fc.assert(
    fc.property(
      anyLines,
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(fixedGbk, fixedUtf8),
      (lines, size, form) => {
        const layout = { ...form, maxLinesPerFile: size }

        const files = renderBankFiles(layout, batch, lines)

        expect(renderBankFiles(layout, batch, lines)).toEqual(files)
        const read = files.flatMap((file) => {
          const rows = cutByBytes(layout, file.bytes)
          const details = rows.slice(layout.header.length > 0 ? 1 : 0, -1)
          const sum = details.reduce((total, row) => total + fenIn(layout, row), 0)
          const trailer = rows.at(-1) ?? []
          expect(Number(trailer[1])).toBe(details.length)
          expect(Number(trailer[2]?.replace('.', ''))).toBe(sum)
          expect([file.count, file.totalFen]).toEqual([details.length, sum])
          return details
        })
        const seen = read.map((row) => [
          cell(layout, row, 'ref'),
          cell(layout, row, 'payeeName'),
          fenIn(layout, row),
        ])
        expect(seen).toEqual(lines.map((line) => [line.ref, line.payeeName, line.amountFen]))
      },
    ),
    { numRuns: 150, seed: 7 },
  )
})

function fenIn(layout: Layout, row: readonly string[]): number {
  const text = cell(layout, row, 'amountFen')
  return Number(text.replace('.', ''))
}
