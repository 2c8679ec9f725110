import { invalid } from './errors.ts'

/** Integer fen (分, 1/100 yuan). A safe integer: ±90 trillion yuan. */
export type Fen = number

/** What a determination or a setting may say about rounding an amount. */
export type Rounding = 'fen' | 'up_yuan'

/** An exact decimal: value = num / den, den a power of ten. */
export interface Decimal {
  num: bigint
  den: bigint
}

const YUAN = /^(-?)(0|[1-9]\d*)(?:\.(\d{1,2}))?$/
const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/

/**
 * Reads '1500', '1500.5' or '1500.00'; separators, a plus sign and a third decimal are refused, not guessed.
 * Throws `platform.money_format`, or `platform.money_range` when the number is too large to be exact.
 */
export function yuanToFen(text: string): Fen {
  const match = YUAN.exec(text)
  if (!match) {
    throw invalid('platform.money_format', '金额格式不正确，请填写数字，最多两位小数，如 1500.00')
  }
  const [, sign = '', yuan = '', decimals = ''] = match
  return toFen(BigInt(sign + yuan + decimals.padEnd(2, '0')))
}

/** '1500.00': for files and inputs; reads back with `yuanToFen`. */
export function fenToYuan(fen: Fen): string {
  const digits = String(Math.abs(checked(fen))).padStart(3, '0')
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** '1,500.00': for screens and printed notices only. */
export function formatYuan(fen: Fen): string {
  return fenToYuan(fen).replace(/\B(?=(\d{3})+\.)/g, ',')
}

/** Throws `platform.money_range` rather than lose a fen. */
export function addFen(a: Fen, b: Fen): Fen {
  return checked(checked(a) + checked(b))
}

export function sumFen(amounts: Iterable<Fen>): Fen {
  let total = 0
  for (const amount of amounts) total = addFen(total, amount)
  return total
}

/**
 * Exact quotient of integers, rounded once. Modes act on the magnitude, so that a correction of −x rounds like x:
 * `half_up` to the nearest, halves away from zero; `up` away from zero; `down` towards zero.
 */
export function divideRounded(
  numerator: bigint | number,
  denominator: bigint | number,
  mode: 'half_up' | 'up' | 'down',
): number {
  const [num, den] = [toBigInt(numerator), toBigInt(denominator)]
  if (den === 0n) throw invalid('platform.money_divisor', '计算中出现除数为零，请检查人数或比例是否已填写')
  const [top, bottom] = [magnitude(num), magnitude(den)]
  const extra = { half_up: bottom / 2n, up: bottom - 1n, down: 0n }[mode]
  // For an odd bottom the half never occurs, so floor((top + floor(bottom / 2)) / bottom) is still the nearest.
  const rounded = (top + extra) / bottom
  return toFen(num < 0n === den < 0n ? rounded : -rounded)
}

/** Rounds the exact amount numer/denom (in fen): `fen` half up to the fen, `up_yuan` up to the next whole yuan. */
export function roundFen(numer: bigint | number, denom: bigint | number, rounding: Rounding): Fen {
  if (rounding === 'fen') return divideRounded(numer, denom, 'half_up')
  return toFen(BigInt(divideRounded(numer, toBigInt(denom) * 100n, 'up')) * 100n)
}

/**
 * Divides an amount to the fen so that the shares add up to it: each gets the whole fen of its exact share, the
 * fen left over go to the largest remainders, ties in list order. A negative amount splits like its opposite.
 * Weights are integers ≥ 0; throws `platform.split_weights` when they cannot carry the amount.
 *
 * @example splitLargestRemainder(100, [1, 1, 1]) // [34, 33, 33]
 */
export function splitLargestRemainder(totalFen: Fen, weights: readonly number[]): Fen[] {
  if (weights.some((weight) => !Number.isSafeInteger(weight) || weight < 0)) throw unusableWeights()
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n)
  if (checked(totalFen) === 0) return weights.map(() => 0)
  if (sum === 0n) throw unusableWeights()

  const total = magnitude(BigInt(totalFen))
  const shares = weights.map((weight, index) => {
    const exact = total * BigInt(weight)
    return { index, whole: exact / sum, rest: exact % sum }
  })
  const left = total - shares.reduce((given, share) => given + share.whole, 0n)
  const winners = new Set(
    shares
      .toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))
      .slice(0, Number(left))
      .map((share) => share.index),
  )
  return shares.map(({ index, whole }) => {
    const share = whole + (winners.has(index) ? 1n : 0n)
    return toFen(totalFen < 0 ? -share : share)
  })
}

/** '0.10' → 10/100, exact; for percentages and factors kept as text. Throws `platform.decimal_format`. */
export function parseDecimal(text: string): Decimal {
  const match = DECIMAL.exec(text)
  if (!match) throw invalid('platform.decimal_format', '小数格式不正确，请填写如 0.10 的数字')
  const [, sign = '', whole = '', decimals = ''] = match
  return { num: BigInt(sign + whole + decimals), den: 10n ** BigInt(decimals.length) }
}

function checked(fen: number): Fen {
  if (!Number.isSafeInteger(fen)) {
    throw invalid('platform.money_range', '金额超出可精确计算的范围，或不是以分为单位的整数，请检查数据')
  }
  return fen
}

/** Also turns −0 into 0, which would print as '-0'. */
function toFen(value: bigint): Fen {
  return checked(Number(value))
}

function toBigInt(value: bigint | number): bigint {
  return typeof value === 'bigint' ? value : BigInt(checked(value))
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

function unusableWeights() {
  return invalid('platform.split_weights', '无法分摊金额：分摊权重应为不小于零的整数，且不能全部为零')
}
