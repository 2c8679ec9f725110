import type { ProgramBook } from './programs.rules.ts'
import type { Setting } from './setting.schema.ts'
import { lawTitle } from './standard.rules.ts'
import type { Standard } from './standard.schema.ts'

/** 国办发明电〔2020〕27号: the number of a document. */
const DOCUMENT_NUMBER = /〔\d{4}〕\s*\d+\s*号/

/** Every setting that a programme asks for, also where nobody has set anything; the county's own value before those above it. */
export function settingsShown(standards: readonly Standard[], programs: ProgramBook): Setting[] {
  return [...programs.values()].flatMap((program) =>
    Object.entries(program.lawSettings ?? {}).map(([key, form]): Setting => {
      const own = standards.filter(
        (each) => each.kind === 'setting' && each.program === program.key && each.item === key,
      )
      return {
        ...{ program: program.key, programTitle: program.title, key },
        title: lawTitle(programs, { program: program.key, item: key }),
        kind: form.kind,
        choices: Object.entries(form.choices ?? {}).map(([value, title]) => ({ value, title })),
        unset: form.unset,
        now: nowOf(own),
        history: own.flatMap(({ history }) => history),
      }
    }),
  )
}

function nowOf(own: readonly Standard[]): Setting['now'] {
  const inForce = own.find(({ now, isOverridden }) => now !== null && !isOverridden)
  if (!inForce?.now) return null
  const { now, areaLevel, history } = inForce
  const recorded = history.find(
    ({ supersededAt, from, basis }) => supersededAt === null && from === now.from && basis === now.basis,
  )
  return {
    ...{ text: now.text, from: now.from, basis: now.basis, areaLevel },
    isLocal: areaLevel === 'county' && !DOCUMENT_NUMBER.test(now.basis),
    proposedBy: recorded?.proposedBy ?? null,
    publishedBy: recorded?.publishedBy ?? null,
    recordedAt: recorded?.recordedAt ?? null,
  }
}
