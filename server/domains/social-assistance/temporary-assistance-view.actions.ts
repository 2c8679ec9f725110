import { listLaw, rateBook } from '../../engines/benefits/index.ts'
import { areaNames, listPeople } from '../../engines/registry/index.ts'
import { listNames } from '../../platform/account.db.ts'
import { civilDateOf } from '../../platform/clock.ts'
import type { Ctx } from '../../platform/command.ts'
import { monthOf } from '../../platform/dates.ts'
import { INBOX_ITEMS } from '../../platform/inbox.ts'
import type { InboxGroup } from '../../platform/inbox.schema.ts'
import { formatYuan } from '../../platform/money.ts'
import { TemporaryContent } from './content.schema.ts'
import { countUnfiled, listAids, type AidRow } from './temporary-assistance-list.db.ts'
import { AID_EVENTS, AID_KINDS, townshipLimitOf } from './temporary-assistance.rules.ts'
import type { AidChoices, AidShown } from './temporary-assistance-view.schema.ts'

export const FILE_PERMISSION = 'social_assistance.aid.file'

/** With names of people, places and colleagues. */
export async function aidsShown({ tx, county }: Ctx, rows: readonly AidRow[]): Promise<AidShown[]> {
  const told = rows.map((row) => ({ row, content: TemporaryContent.parse(row.content) }))
  const people = await listPeople(tx, county, [...new Set(told.flatMap(({ content }) => content.persons))])
  const names = new Map(people.map(({ id, fullName }) => [id, fullName]))
  const codes = rows.flatMap(({ town, village }) => [town, village]).flatMap((code) => code ?? [])
  const areas = await areaNames(tx, [...new Set(codes)])
  const hands = rows.flatMap(({ madeBy, checkedBy }) => [madeBy, ...(checkedBy === null ? [] : [checkedBy])])
  const colleagues = await listNames(tx, [...new Set(hands)])
  const nameIn = (known: ReadonlyMap<string, string>, key: string | null) =>
    key === null ? null : (known.get(key) ?? null)
  return told.map(({ row, content }) => {
    const { awardId, determinationId, month, cause, level, status, madeAt, recordedAt, filedAt } = row
    const { amountFen, persons, kind, event, registeredPoor, reliefFirst = false } = content
    return {
      ...{ awardId, determinationId, month, cause, level, status, madeAt, recordedAt, filedAt },
      ...{ amountFen, registeredPoor, reliefFirst, persons: persons.length },
      people: persons.flatMap((id) => {
        const fullName = names.get(id)
        return fullName === undefined ? [] : [{ id, fullName }]
      }),
      kindTitle: AID_KINDS[kind],
      eventTitle: event === undefined ? null : (AID_EVENTS[event] ?? event),
      ...{ townName: nameIn(areas, row.town), villageName: nameIn(areas, row.village) },
      ...{ madeBy: nameIn(colleagues, row.madeBy), checkedBy: nameIn(colleagues, row.checkedBy) },
      isUnfiled:
        status === 'effective' && row.outcome === 'grant' && level === 'township' && filedAt === null,
    }
  })
}

/** What the form shows before anything is typed; the limit is a dated setting. */
export async function aidChoices({ tx, county, clock }: Ctx): Promise<AidChoices> {
  const today = civilDateOf(await clock.now(tx))
  const { settings } = await listLaw(tx, county)
  return {
    month: monthOf(today),
    limit: townshipLimitOf(rateBook(county, [], settings), today) ?? null,
    events: Object.entries(AID_EVENTS).map(([key, title]) => ({ key, title })),
  }
}

const MOST_COUNTED = 10_000

/** On the desk of whoever files: what towns decided and the county has not on file. */
export async function aidToFile(ctx: Ctx): Promise<InboxGroup | undefined> {
  const { actor, tx, county } = ctx
  if (!actor.permissions.has(FILE_PERMISSION)) return undefined
  const count = await countUnfiled(tx, county, MOST_COUNTED)
  if (count === 0) return undefined
  const rows = await listAids(tx, county, { isUnfiled: true, limit: INBOX_ITEMS })
  const aids = await aidsShown(ctx, rows)
  return {
    ...{ kind: 'aid_file', title: '待报县备案的临时救助', count },
    items: aids.map(({ awardId, people, villageName, amountFen, kindTitle, recordedAt, madeAt }) => ({
      title: `临时救助 · ${kindTitle}`,
      who: `${people.map(({ fullName }) => fullName).join('、')}　${villageName ?? ''}，${formatYuan(amountFen)} 元`,
      why: '乡镇已审批，要报县备案',
      since: recordedAt ?? madeAt,
      target: { awardId },
    })),
  }
}
