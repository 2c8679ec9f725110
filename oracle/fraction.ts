/** Exact fractions, so that an amount is rounded once, at the end. Amounts are in fen; `below` is always positive. */
export interface Fraction {
  above: bigint
  below: bigint
}

/** An integer given as a number; refuses what a number cannot hold exactly. */
export function whole(value: number): Fraction {
  if (!Number.isSafeInteger(value)) throw new Error(`not a whole number: ${value}`)
  return { above: BigInt(value), below: 1n }
}

/** '1.6' → 16/10. Only plain non-negative decimals: rates are written as strings to stay exact. */
export function decimal(text: string): Fraction {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) throw new Error(`not a decimal: ${text}`)
  const digits = match[2] ?? ''
  return { above: BigInt(`${match[1]}${digits}`), below: 10n ** BigInt(digits.length) }
}

export function times(a: Fraction, b: Fraction): Fraction {
  return { above: a.above * b.above, below: a.below * b.below }
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return { above: a.above * b.below - b.above * a.below, below: a.below * b.below }
}

export function dividedBy(a: Fraction, divisor: number): Fraction {
  if (!Number.isSafeInteger(divisor) || divisor <= 0) throw new Error(`cannot divide by ${divisor}`)
  return { above: a.above, below: a.below * BigInt(divisor) }
}

export function isAtLeast(a: Fraction, b: Fraction): boolean {
  return a.above * b.below >= b.above * a.below
}

/** Half up to a whole fen: ⌊x + 1/2⌋. Only for amounts that are not negative. */
export function halfUpFen(amount: Fraction): number {
  refuseNegative(amount)
  return asNumber((2n * amount.above + amount.below) / (2n * amount.below))
}

/** Up to a whole yuan (100 fen): ⌈x / 100⌉ × 100. Only for amounts that are not negative. */
export function upToYuan(amount: Fraction): number {
  refuseNegative(amount)
  const yuan = 100n * amount.below
  return asNumber(((amount.above + yuan - 1n) / yuan) * 100n)
}

function refuseNegative(amount: Fraction): void {
  if (amount.above < 0n) throw new Error('a negative amount is never rounded here')
}

function asNumber(fen: bigint): number {
  if (fen > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(`too much money: ${fen} fen`)
  return Number(fen)
}
