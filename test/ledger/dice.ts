/** The small decisions of a step, made before it runs: the same numbers give the same step in the same state. */
export class Dice {
  readonly #rolls: readonly number[]
  #at = 0

  constructor(rolls: readonly number[]) {
    this.#rolls = rolls
  }

  /** 0 … n − 1; 0 when the rolls are used up. */
  below(n: number): number {
    const roll = this.#rolls[this.#at] ?? 0
    this.#at += 1
    return roll % n
  }

  /** True in one of n throws, and never when the rolls are used up. */
  oneIn(n: number): boolean {
    return this.below(n) === n - 1
  }
}
