import { copyBytes, copyField } from '../../platform/copy.ts'
import type { Month } from '../../platform/dates.ts'
import type { LineDetail, ObligationLine } from './line.rules.ts'
import type { UsedRate } from './rates.rules.ts'

/** Columns of a line in the order in which `lineBlocks` writes them. */
export const LINE_COLUMNS =
  'county, for_month, award_id, seq, run_no, fen, due_fen, persons, program, category, town, village, stated_month, stated_seq, detail'

/** So much of a month is gathered before it is handed on: pages of the table that follow each other are then of one month. */
const BLOCK = 1 << 16

/** Rows of one month; what is put together as text would have to be kept by the engine until it is sent. */
interface Block {
  bytes: Buffer
  length: number
}

/**
 * Lines as COPY takes them (`copyBytesIn`). Written out by hand because a run spends most of its time here: the detail has the same
 * bytes as JSON.stringify gives, which a replay compares with, at a third of the cost. Awards come with all months of a raise, but
 * whatever reads lines asks for a month: those of one month are handed on together.
 */
export function* lineBlocks(county: string, lines: Iterable<ObligationLine>): Generator<Buffer> {
  const rateText = rememberedRates()
  const blocks = new Map<Month, Block>()
  let before: ObligationLine | undefined
  let rest = ''
  for (const line of lines) {
    // Months of a raise come to the same after each other: what follows the month is then the text of the line before.
    if (before === undefined || !isAlike(before, line)) rest = restText(line, rateText)
    before = line
    const text = `${county}\t${line.forMonth}\t${rest}`
    let block = blocks.get(line.forMonth)
    if (block === undefined || block.length + text.length > block.bytes.length) {
      if (block) yield written(block)
      block = { bytes: Buffer.allocUnsafe(Math.max(BLOCK, text.length)), length: 0 }
      blocks.set(line.forMonth, block)
    }
    block.length += block.bytes.write(text, block.length, 'latin1')
  }
  for (const block of blocks.values()) yield written(block)
}

function written({ bytes, length }: Block): Buffer {
  return bytes.subarray(0, length)
}

/** Both name the same line of one award as the one that states how they were found. */
function isAlike(one: ObligationLine, other: ObligationLine): boolean {
  return (
    one.statedIn !== null &&
    one.statedIn === other.statedIn &&
    one.fen === other.fen &&
    one.dueFen === other.dueFen &&
    one.seq === other.seq
  )
}

function restText(line: ObligationLine, rateText: (rate: UsedRate) => string): string {
  const { awardId, seq, runNo, fen, dueFen, persons, program, category, town, village, statedIn } = line
  const head = `${awardId}\t${seq}\t${runNo}\t${fen}\t${dueFen}\t${persons}\t${program}`
  const place = `${copyBytes(category)}\t${copyField(town)}\t${copyField(village)}`
  const stated = statedIn
    ? `${statedIn.month}\t${statedIn.seq}\t\\N`
    : `\\N\t\\N\t${detailText(line.detail, rateText)}`
  return `${head}\t${place}\t${stated}\n`
}

function detailText(detail: LineDetail, rateText: (rate: UsedRate) => string): string {
  const { formula, determination, payee, shares, rates, inputs, causes } = detail
  const first = `{"formula":${textOf(formula)},"determination":${textOf(determination)}`
  const money = `"payee":${payee === null ? 'null' : recordText(payee)},"shares":[${sharesText(shares)}]`
  const law = `"rates":[${rates.length === 1 && rates[0] ? rateText(rates[0]) : rates.map(rateText).join(',')}]`
  const rest = causes.length === 0 ? '[]' : copyBytes(JSON.stringify(causes))
  return `${first},${money},${law},"inputs":${recordText(inputs)},"causes":${rest}}`
}

/** The rates of a run are few and stand on very many lines; equal ones are the same object. */
function rememberedRates(): (rate: UsedRate) => string {
  const texts = new Map<UsedRate, string>()
  return (rate) => {
    const known = texts.get(rate)
    if (known !== undefined) return known
    const text = copyBytes(JSON.stringify(rate))
    texts.set(rate, text)
    return text
  }
}

function sharesText(shares: LineDetail['shares']): string {
  let text = ''
  for (const [personId, fen] of shares) text += `${text === '' ? '' : ','}[${textOf(personId)},${fen}]`
  return text
}

function recordText<Record extends object>(record: Record): string {
  let text = ''
  for (const key in record) {
    const value = record[key]
    if (value !== undefined) text += `${text === '' ? '{' : ','}${textOf(key)}:${textOf(value)}`
  }
  return text === '' ? '{}' : `${text}}`
}

/** Anything that JSON or COPY would escape, or that takes more than one byte. */
const SPECIAL = /[^\x20\x21\x23-\x5b\x5d-\x7e]/

function textOf(value: unknown): string {
  if (typeof value === 'string' && !SPECIAL.test(value)) return `"${value}"`
  if (Number.isSafeInteger(value)) return String(value)
  return copyBytes(JSON.stringify(value))
}
