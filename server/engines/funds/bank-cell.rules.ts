import iconv from 'iconv-lite'
import { fenToYuan } from '../../platform/money.ts'
import { FIELD_LABELS, type Column, type Layout } from './bank-file.schema.ts'

/** One cell of a bank file: value ↔ text ↔ bytes. */

export type CellValue = string | number
export type CellValues = Readonly<Record<string, CellValue>>
type Encoding = Layout['encoding']

/** Why a value cannot stand in its column, and what a clerk can do about it. */
export interface CellFault {
  code: string
  reason: string
  remedy: string
  /** The person concerned, for the message alone: details carry no names. */
  subject?: string
  /** Unicode code points outside the encoding, `U+20BB7`. */
  codePoints?: string[]
}

/** Controls and invisible marks would shift columns or make two equal-looking names differ. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^\s|\s$/u
const PRIVATE_USE = /\p{Co}/u
/** First characters (and their full-width forms) that spreadsheet programs take for a formula. */
const FORMULA_START = /^[=+\-@＝＋－＠]/u

const TYPED_BY_PEOPLE = new Set(['program', 'purpose', 'batchTitle', 'reason'])

export function columnLabel(column: Column): string {
  return column.title ?? FIELD_LABELS[column.field] ?? column.field
}

/**
 * Only code page 936 is written. The few dozen characters GBK has beyond it (FE50–FEA0, such as 䶮) are not known to
 * every system that says GBK, and a payee's name read differently by the bank is a payment returned.
 */
export function encodeText(text: string, encoding: Encoding): Buffer {
  return iconv.encode(text, encoding === 'gbk' ? 'cp936' : 'utf8')
}

/** Characters that do not survive writing and reading back, plus private-use ones that no one else can read. */
export function charactersOutside(text: string, encoding: Encoding): string[] {
  const decoded = iconv.decode(encodeText(text, encoding), encoding === 'gbk' ? 'gbk' : 'utf8', {
    stripBOM: false,
  })
  if (decoded === text && !PRIVATE_USE.test(text)) return []
  const characters = [...new Set(text)]
  return characters.filter((character) => {
    const back = iconv.decode(encodeText(character, encoding), encoding === 'gbk' ? 'gbk' : 'utf8')
    return back !== character || PRIVATE_USE.test(character)
  })
}

/** Undefined when the bytes are not text of the encoding. */
export function decodeText(bytes: Uint8Array, encoding: Encoding): string | undefined {
  const text = iconv.decode(bytes, encoding === 'gbk' ? 'gbk' : 'utf8')
  return text.includes('\uFFFD') ? undefined : text
}

/** The text of a value before padding and quoting. Money values are fen, dates `YYYY-MM-DD`, months `YYYY-MM`. */
export function formatCell(column: Column, values: CellValues, kind: Layout['kind']): string {
  if (column.format === 'const') return column.const ?? ''
  if (column.field === 'ignored') return ''
  const value = values[column.field]
  if (value === undefined) throw new Error(`no value for layout field '${column.field}'`)
  if (column.format === 'yuan') return fenToYuan(Number(value))
  const text = String(value)
  if (column.format === 'date8') return text.replaceAll('-', '')
  if (column.field === 'forMonth' && column.format === 'int') return text.replace('-', '')
  return kind !== 'fixed' && column.field === 'payeeName' ? disarmed(text) : text
}

/** A name is written as it is, but never as a live formula of the spreadsheet it is opened in. */
function disarmed(name: string): string {
  return FORMULA_START.test(name) ? `'${name}` : name
}

export function cellFault(column: Column, text: string, layout: Layout): CellFault | undefined {
  const label = columnLabel(column)
  if (column.format === 'int' && !/^\d+$/.test(text)) {
    return {
      code: 'funds.field_not_a_number',
      reason: `“${label}”应为整数`,
      remedy: '请更正该值，或把版式中这一栏改为 text',
    }
  }
  if (INVISIBLE.test(text)) {
    return {
      code: 'funds.field_not_plain',
      reason: `“${label}”含有换行、不可见字符或首尾空格`,
      remedy: '请在登记信息中重新录入该内容',
    }
  }
  const outside = charactersOutside(text, layout.encoding)
  if (outside.length > 0) return charsetFault(column, { text, outside, encoding: layout.encoding })
  const width = encodeText(text, layout.encoding).length
  if (column.width !== undefined && width > column.width) {
    return {
      code: 'funds.field_too_long',
      reason: `“${label}”需要 ${width} 字节，版式只留 ${column.width} 字节`,
      remedy: '系统不会截断。请缩短该内容，或与银行商定更宽的版式',
    }
  }
  if (layout.kind !== 'fixed' && TYPED_BY_PEOPLE.has(column.field) && FORMULA_START.test(text)) {
    return {
      code: 'funds.field_like_formula',
      reason: `“${label}”以 = + - @ 开头，表格软件会当作公式执行`,
      remedy: '请改写该内容的开头',
    }
  }
  return undefined
}

function charsetFault(
  column: Column,
  { text, outside, encoding }: { text: string; outside: string[]; encoding: Encoding },
): CellFault {
  const isName = column.field === 'payeeName'
  return {
    code: isName ? 'funds.name_outside_charset' : 'funds.text_outside_charset',
    reason: `${isName ? '姓名' : `“${columnLabel(column)}”`}中“${outside.join('')}”不在 ${encoding.toUpperCase()} 字符集内，银行文件无法写出`,
    remedy: isName
      ? '请改用 UTF-8 编码的版式，或登记经开户银行书面确认的替代写法后重新生成'
      : '请改用 UTF-8 编码的版式，或改写该内容',
    ...(isName ? { subject: `收款人“${text}”` } : {}),
    codePoints: outside.map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`),
  }
}

/** Bytes of one fixed-width cell; the text has passed `cellFault`. */
export function fixedCell(column: Column, text: string, encoding: Encoding): Buffer {
  const bytes = encodeText(text, encoding)
  const padding = Buffer.alloc((column.width ?? bytes.length) - bytes.length, column.pad)
  return Buffer.concat(column.align === 'left' ? [bytes, padding] : [padding, bytes])
}

export function csvCell(text: string, separator: string): string {
  return text.includes(separator) || text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text
}

/** Takes the padding off what a bank wrote. A cell of zeros keeps one. */
export function unpadded(column: Column, text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && text[start] === ' ') start++
  while (end > start && text[end - 1] === ' ') end--
  const trimmed = text.slice(start, end)
  return column.pad === '0' ? trimmed.replace(/^0+(?=\d)/, '') : trimmed
}

const WHOLE = /^\d{1,15}$/
const TWO_DECIMALS = /^(\d{1,13})(?:\.(\d{1,2}))?$/

/** Fen, or undefined when the text is not exactly an amount: separators and a third decimal are not guessed. */
export function readAmount(column: Column, text: string): number | undefined {
  if (column.format === 'fen') return WHOLE.test(text) ? Number(text) : undefined
  const match = TWO_DECIMALS.exec(text)
  if (!match) return undefined
  const [, yuan = '', decimals = ''] = match
  return Number(yuan + decimals.padEnd(2, '0'))
}

export function readCount(text: string): number | undefined {
  return WHOLE.test(text) ? Number(text) : undefined
}
