import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseLayout } from './bank-file.rules.ts'

const FOLDER = join(import.meta.dirname, '../../../policies/layouts')
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

function sample(name = 'fixed-gbk.json') {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))
}

test.each(FILES)('layout %s that ships with the product is valid', (name) => {
  expect(parseLayout(sample(name)).title).not.toBe('')
})

test('the shipped layouts cover both encodings and all three kinds of file', () => {
  const forms = FILES.map((name) => parseLayout(sample(name))).map(
    ({ kind, encoding }) => `${kind} ${encoding}`,
  )

  expect(forms.toSorted()).toEqual(['csv utf-8', 'fixed gbk', 'fixed utf-8', 'xlsx utf-8'])
})

type Column = Record<string, unknown>
const amount = { field: 'amountFen', format: 'fen', width: 13 }
const account = { field: 'account', format: 'text', width: 32 }

test.each<[string, (layout: ReturnType<typeof sample>) => void, string]>([
  ['a fixed-width column without width', (l) => delete l.detail[1].width, 'width'],
  ['a title row in a fixed-width file', (l) => (l.titleRow = true), 'titleRow'],
  ['zeros to the right of a number', (l) => (l.detail[6].align = 'left'), '补位'],
  ['zeros before a text', (l) => (l.detail[3].pad = '0'), '补位'],
  ['money written as text', (l) => (l.detail[6].format = 'text'), '金额栏'],
  ['an account written as money', (l) => (l.detail[3].format = 'fen'), '金额栏'],
  ['an account written as integer', (l) => (l.detail[3].format = 'int'), '整数栏'],
  ['a constant without content', (l) => delete l.detail[0].const, 'const'],
  ['no payee', (l) => (l.detail = l.detail.filter((c: Column) => c['field'] !== 'payeeName')), '收款人姓名'],
  ['the same field twice', (l) => l.detail.push({ ...l.detail[1] }), '重复'],
  ['a file name without part', (l) => (l.fileName = 'DF_{batch}.txt'), '{part}'],
  ['a file name without batch', (l) => (l.fileName = 'DF_{part}.txt'), '{batch}'],
  ['a file name with an unknown word', (l) => (l.fileName = '{batch}{part}{clock}'), '只能使用'],
  [
    'an answer without outcome',
    (l) => (l.result.detail = [{ field: 'ref', format: 'text', width: 20 }]),
    '结果代码',
  ],
  ['an answer that names no instruction', (l) => l.result.detail.splice(1, 2), '无法对应'],
  ['an unlisted code taken as paid', (l) => (l.result.outcomes['*'] = 'paid'), '不得为 paid'],
  ['no code for paid', (l) => delete l.result.outcomes['0000'], '成功代码'],
  ['an unknown key', (l) => (l.colour = 'red'), 'colour'],
  ['no line per file', (l) => (l.maxLinesPerFile = 0), 'maxLinesPerFile'],
  ['a byte order mark in GBK', (l) => (l.byteOrderMark = true), 'byteOrderMark'],
])('a layout with %s is refused', (_, spoil, word) => {
  const layout = sample()
  spoil(layout)

  const refused = refusal(() => parseLayout(layout))

  expect(refused.code).toBe('funds.layout_invalid')
  expect(JSON.stringify(refused.details)).toContain(word)
})

test('account and amount together may name the instruction in an answer', () => {
  const layout = sample()
  layout.result.detail = [account, amount, { field: 'outcome', format: 'text', width: 4 }]

  expect(parseLayout(layout).result.detail).toHaveLength(3)
})

function refusal(run: () => unknown): { code?: string; details?: unknown } {
  try {
    run()
  } catch (error) {
    return error as { code?: string; details?: unknown }
  }
  return {}
}
