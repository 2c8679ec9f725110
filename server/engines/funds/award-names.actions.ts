import type { Ctx } from '../../platform/command.ts'
import type { ProgramBook } from '../benefits/index.ts'
import { listPeople } from '../registry/index.ts'
import { listAwardHolders } from './claim-view.db.ts'

interface Named {
  awardId: string | null
  personId?: string | null
}

/** Whose award a row of a list is about; null for what lies outside the reader's areas. */
export async function awardNames(
  { tx, county }: Ctx,
  rows: readonly Named[],
  programs: ProgramBook,
): Promise<(row: Named) => { fullName: string | null; programTitle: string | null }> {
  const awardIds = rows.flatMap(({ awardId }) => awardId ?? [])
  const holders = new Map(
    (await listAwardHolders(tx, county, awardIds)).map((holder) => [holder.awardId, holder]),
  )
  const personIds = [
    ...rows.flatMap(({ personId }) => personId ?? []),
    ...[...holders.values()].flatMap(({ personId }) => personId ?? []),
  ]
  const people = await listPeople(tx, county, [...new Set(personIds)])
  const names = new Map(people.map(({ id, fullName }) => [id, fullName]))
  return ({ awardId, personId }) => {
    const holder = awardId === null ? undefined : holders.get(awardId)
    const whose = personId ?? holder?.personId ?? ''
    const programTitle = holder ? (programs.get(holder.program)?.title ?? holder.program) : null
    return { fullName: names.get(whose) ?? null, programTitle }
  }
}
