import type { KnownPerson } from './office.db.ts'

/**
 * Questions with a known answer. A person is drawn from the county, and somebody asks for exactly this person in each of six ways. A
 * clerk sees twenty answers at most and wants one: when more than five people fit what was typed, the clerk adds what the person
 * standing there can tell, the town, then the village, and if they are still too many the last four of the number (or, where that
 * was typed already, the name). How many fit is counted here from the names themselves, without the product.
 */
export const CLASSES = [
  { key: 'name', title: '姓名', textOf: ({ fullName }) => fullName, textsOf: ({ fullName }) => [fullName] },
  { key: 'two', title: '两个字', textOf: twoOf, textsOf: ({ fullName }) => pairsIn(fullName) },
  {
    key: 'initials',
    title: '拼音首字母',
    textOf: ({ initials }) => initials,
    textsOf: ({ initials }) => [...initials].map((_, index) => initials.slice(0, index + 1)),
  },
  { key: 'id_tail', title: '证号后四位', textOf: ({ idTail }) => idTail, textsOf: tailsOf },
  {
    key: 'id_number',
    title: '证件号码',
    textOf: ({ idNumber }) => idNumber,
    textsOf: ({ idNumber }) => [idNumber],
  },
  { key: 'phone_tail', title: '电话后四位', textOf: ({ phone }) => phone?.slice(-4) ?? '', textsOf: tailsOf },
] as const satisfies readonly {
  key: string
  title: string
  /** What is typed for this person. */
  textOf: (person: Known) => string
  /** Every text of this kind that fits the person. */
  textsOf: (person: Known) => readonly string[]
}[]

export type ClassKey = (typeof CLASSES)[number]['key']
type Known = Omit<KnownPerson, 'id'>

/** At most so many answers are looked at. */
export const LOOKED_AT = 5

export type Refinement = 'bare' | 'town' | 'village' | 'second'

export interface Question {
  class: ClassKey
  personId: string
  /** Typed first. */
  bare: string
  /** Typed in the end. */
  text: string
  refinement: Refinement
}

/** The given name, or what two characters there are. */
function twoOf({ fullName }: Known): string {
  return fullName.includes('·') ? fullName.slice(0, 2) : fullName.slice(-2)
}

function pairsIn(fullName: string): string[] {
  const characters = [...fullName.replaceAll('·', '')]
  return characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`)
}

function tailsOf({ idTail, phone }: Known): string[] {
  return phone === null ? [idTail] : [idTail, phone.slice(-4)]
}

interface Fitting {
  all: number
  places: Map<string, number>
}

/** Whoever of the county fits one of the texts, counted by town and village. */
function countFitting(
  people: Iterable<Known>,
  labels: readonly KnownPerson[],
): Map<ClassKey, Map<string, Fitting>> {
  const counted = new Map(
    CLASSES.map(({ key, textOf }): [ClassKey, Map<string, Fitting>] => [
      key,
      new Map(labels.map((label) => [textOf(label), { all: 0, places: new Map() }])),
    ]),
  )
  for (const person of people) {
    for (const { key, textsOf } of CLASSES) {
      for (const text of new Set(textsOf(person))) {
        const fitting = counted.get(key)?.get(text)
        if (!fitting) continue
        fitting.all += 1
        for (const place of [person.town, person.village])
          fitting.places.set(place, (fitting.places.get(place) ?? 0) + 1)
      }
    }
  }
  return counted
}

/** A question of each class for every label; `nameOf` an area, as people say it. */
export function questionsFor(
  labels: readonly KnownPerson[],
  { people, nameOf }: { people: Iterable<Known>; nameOf: (code: string) => string },
): Question[] {
  const counted = countFitting(people, labels)
  return CLASSES.flatMap(({ key, textOf }) =>
    labels.map((label): Question => {
      const bare = textOf(label)
      const fitting = counted.get(key)?.get(bare)
      const refinement = refinementFor(label, fitting)
      const second = key === 'id_tail' || key === 'phone_tail' ? label.fullName : label.idTail
      const more = {
        bare: [],
        town: [nameOf(label.town)],
        village: [nameOf(label.town), nameOf(label.village)],
        second: [second],
      }[refinement]
      return { class: key, personId: label.id, bare, text: [bare, ...more].join(' '), refinement }
    }),
  )
}

function refinementFor({ town, village }: KnownPerson, fitting: Fitting | undefined): Refinement {
  if (!fitting || fitting.all <= LOOKED_AT) return 'bare'
  if ((fitting.places.get(town) ?? 0) <= LOOKED_AT) return 'town'
  return (fitting.places.get(village) ?? 0) <= LOOKED_AT ? 'village' : 'second'
}
