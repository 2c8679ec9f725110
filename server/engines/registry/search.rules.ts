import { checkIdNumber, normaliseIdNumber, upgrade15 } from '../../platform/id-number.ts'
import { foldName } from '../../platform/name-keys.ts'

/** How a typed text is looked up. Everything is equality: nothing else can use an index under row-level security. */
export type Lookup =
  | { by: 'id_number'; text: string }
  | { by: 'phone'; text: string }
  | { by: 'id_tail'; text: string }
  | { by: 'name'; keys: string[] }
  | { by: 'nothing' }

const HAN_RUN = /\p{Script=Han}+|[^\p{Script=Han}]+/gu
const HAN = /\p{Script=Han}/u

/** Full number, phone, last four characters, or a name (whole, part, or pinyin initials). */
export function lookupOf(typed: string): Lookup {
  const number = normaliseIdNumber(typed)
  if (/^\d{17}[\dX]$/.test(number)) return { by: 'id_number', text: number }
  if (/^\d{15}$/.test(number)) return oldNumber(number)
  const digits = number.replace(/[+\p{Pd}]/gu, '')
  if (/^\d{3}[\dX]$/.test(number)) return { by: 'id_tail', text: number }
  if (/^\d{7,13}$/.test(digits)) return { by: 'phone', text: digits }
  const keys = keysOf(foldName(typed))
  return keys.length === 0 ? { by: 'nothing' } : { by: 'name', keys }
}

function oldNumber(digits: string): Lookup {
  try {
    const checked = checkIdNumber(upgrade15(digits))
    return checked.ok ? { by: 'id_number', text: checked.number } : { by: 'nothing' }
  } catch {
    return { by: 'nothing' } // 15 digits that were never a number: nobody is found under them
  }
}

/** Keys that a name must all have; the longest, the most selective, comes first. */
function keysOf(folded: string): string[] {
  const runs = folded.match(HAN_RUN) ?? []
  return runs
    .flatMap((run) => (HAN.test(run) ? pairsOf([...run]) : [run]))
    .sort((a, b) => b.length - a.length)
}

function pairsOf(characters: readonly string[]): string[] {
  if (characters.length < 2) return [...characters]
  const pairs = characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`)
  return [...new Set(pairs)]
}
