import { pinyin } from 'pinyin-pro'

// The dot between the parts of a name is typed in many ways; only U+00B7 is right.
const DOTS = /[·•・･‧∙⋅.．﹒]/
const HAN = /\p{Script=Han}/u
const LATIN = /^[a-z0-9]+$/

/**
 * The keys under which a name is found by equality: each character, each pair of neighbours, the whole name, and the
 * pinyin initials of the name and of its beginnings. A name of several parts (阿依努尔·买买提) has the keys of each
 * part and of the parts joined. A character without a known reading stands as `?` in the initials.
 *
 * @example nameKeys('单雄信') // ['单', '雄', '信', '单雄', '雄信', '单雄信', 's', 'sx', 'sxx']
 */
export function nameKeys(name: string): string[] {
  const parts = partsOf(name)
  const initials = parts.map((part, index) => initialsOf(part, index === 0))
  const keys = new Set<string>()
  for (const text of [...parts, parts.join('')]) {
    for (const key of textKeys(text)) keys.add(key)
  }
  for (const text of [...initials, initials.join('')]) {
    for (const key of beginnings(text)) keys.add(key)
  }
  return [...keys]
}

/** What a searched text must be turned into before it is compared with keys: one form of letters, no dots, no spaces. */
export function foldName(text: string): string {
  return partsOf(text).join('')
}

function partsOf(name: string): string[] {
  const folded = name.normalize('NFKC').toLowerCase()
  // 张　三: the space between Chinese characters is typesetting; between Latin words it parts them.
  const separated = HAN.test(folded) ? folded.replace(/\s/g, '') : folded.replace(/\s/g, '·')
  return separated.split(DOTS).filter((part) => part !== '')
}

function textKeys(text: string): string[] {
  const characters = [...text]
  const pairs = characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`)
  // Letters and letter pairs of a Latin name would only collide with initials.
  return [...[...characters, ...pairs].filter((key) => !LATIN.test(key)), ...(text === '' ? [] : [text])]
}

function beginnings(initials: string): string[] {
  return [...initials]
    .map((_, index, all) => all.slice(0, index + 1).join(''))
    .filter((key) => !/^\?*$/.test(key))
}

function initialsOf(part: string, isHead: boolean): string {
  return pinyin(part, { type: 'all', toneType: 'none', surname: isHead ? 'head' : 'off' })
    .map(({ origin, first }) => (HAN.test(origin) ? initialOf(first, origin) : origin))
    .join('')
}

function initialOf(first: string, origin: string): string {
  const letter = first === origin ? '' : first.normalize('NFD').charAt(0).toLowerCase()
  return /^[a-z]$/.test(letter) ? letter : '?'
}
