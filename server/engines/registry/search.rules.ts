import { checkIdNumber, normaliseIdNumber, upgrade15 } from '../../platform/id-number.ts'
import { foldName } from '../../platform/name-keys.ts'

export type NumberKind = 'id_number' | 'phone' | 'id_tail'

/** One word of what was typed; a text is a name, a part of one, initials, or a place. */
export type Word = { kind: NumberKind; text: string } | { kind: 'text'; text: string }

/** How a typed text is looked up; all of it must fit. Everything is equality: nothing else can use an index under row-level security. */
export interface Lookup {
  numbers: { kind: NumberKind; text: string }[]
  /** As typed, for whom it is the whole name of; empty when nothing but numbers was typed. */
  name: string
  /** Keys that a name must all have; the longest, the most selective, comes first. */
  keys: string[]
  /** For each place typed, the codes of the towns and villages of that name. */
  places: string[][]
}

export interface NamedArea {
  code: string
  name: string
}

const HAN_RUN = /\p{Script=Han}+|[^\p{Script=Han}]+/gu
const HAN = /\p{Script=Han}/u
/** 张 三: the space between Chinese characters is typesetting. */
const BETWEEN_HAN = /(?<=\p{Script=Han}) (?=\p{Script=Han})/gu
const PLACE = /^\p{Script=Han}{2,}$/u

/** Full number, phone, last four characters (of the number or of the phone), or text. Numbers may be typed with spaces. */
export function wordsOf(typed: string): Word[] {
  const whole = numberOf(typed)
  if (whole) return [whole]
  const words = typed.normalize('NFKC').split(/\s+/)
  return words.flatMap((word): Word[] =>
    word === '' ? [] : [numberOf(word) ?? { kind: 'text', text: word }],
  )
}

function numberOf(typed: string): Word | undefined {
  const number = normaliseIdNumber(typed)
  if (/^\d{17}[\dX]$/.test(number)) return { kind: 'id_number', text: number }
  if (/^\d{15}$/.test(number)) return oldNumber(number)
  const digits = number.replace(/[+\p{Pd}]/gu, '')
  if (/^\d{3}[\dX]$/.test(number)) return { kind: 'id_tail', text: number }
  if (/^\d{7,13}$/.test(digits)) return { kind: 'phone', text: digits }
  return undefined
}

/** 15 digits that were never a number: nobody is found under them. */
function oldNumber(digits: string): Word {
  try {
    const checked = checkIdNumber(upgrade15(digits))
    return { kind: 'id_number', text: checked.ok ? checked.number : digits }
  } catch {
    return { kind: 'id_number', text: digits }
  }
}

/** Words that may name a place beside something that names a person. */
export function placeWords(words: readonly Word[]): string[] {
  if (words.length < 2) return []
  return words.flatMap(({ kind, text }) => (kind === 'text' && PLACE.test(text) ? [text] : []))
}

/** A word that names a place is one, unless nothing else would name the person. */
export function lookupOf(words: readonly Word[], areas: readonly NamedArea[] = []): Lookup {
  const numbers = words.flatMap((word) => (word.kind === 'text' ? [] : [word]))
  const texts = words.flatMap(({ kind, text }) => (kind === 'text' ? [text] : []))
  const codesOf = (text: string) => areas.flatMap(({ code, name }) => (name.startsWith(text) ? [code] : []))
  const named = new Set(placeWords(words).filter((text) => codesOf(text).length > 0))
  const isAllPlaces = texts.every((text) => named.has(text))
  if (numbers.length === 0 && isAllPlaces) named.delete(texts[0] ?? '')
  const name = texts
    .filter((text) => !named.has(text))
    .join(' ')
    .replace(BETWEEN_HAN, '')
  return { numbers, name, keys: keysOf(foldName(name)), places: [...named].map(codesOf) }
}

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
