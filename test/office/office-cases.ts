import { randomUUID } from 'node:crypto'
import { commands } from '../../server/app.ts'
import { getActor } from '../../server/platform/access.ts'
import { execute } from '../../server/platform/command.ts'
import type { OfficeWorld } from './office-world.ts'

/** A change that waits for its check, with what it belongs to. */
export interface Known {
  id: string
  awardId: string
  householdId: string
}

interface Granted {
  id: string
  holder_id: string
  content: { income: { kind: string; fen: number }[] }
}

/** The loaded scenario leaves nothing to check: the clerk proposes changes of some households' income. */
export async function proposeSome({ db, county }: OfficeWorld, count = 3): Promise<Known> {
  const { rows } = await db.pool.query<Granted>(
    `select distinct on (a.id) a.id, a.holder_id, d.content
     from benefits.award a join benefits.determination d on d.county = a.county and d.award_id = a.id
     where a.county = $1 and a.program = 'subsistence_allowance' and d.outcome = 'grant' and d.status = 'effective'
       and upper_inf(d.valid) and json_array_length(d.content -> 'members') > 1
       and json_array_length(d.content -> 'income') > 0
       and not exists (select from benefits.determination e where e.county = a.county and e.award_id = a.id and e.outcome = 'end')
     order by a.id, lower(d.valid) desc limit $2`,
    [county, count],
  )
  const actor = await getActor(db.deps.database.app, 'clerk')
  const { ids } = await execute(db.deps, commands.proposeDeterminations, {
    ...{ actor, county, idempotencyKey: randomUUID() },
    input: {
      determinations: rows.map(({ id, content }) => ({
        ...{ awardId: id, kind: 'change', outcome: 'grant', from: '2020-12', to: null },
        cause: '入户复核：家庭收入减少',
        clause: '最低生活保障审核确认办法 第三十四条',
        content: {
          ...content,
          income: content.income.map((each) => ({ ...each, fen: Math.floor(each.fen / 20_000) * 10_000 })),
        },
      })),
    },
  })
  const [first] = rows
  return { id: ids[0] ?? '', awardId: first?.id ?? '', householdId: first?.holder_id ?? '' }
}

/** Two people of the old system, one of them not on file. */
export async function proposeList({ db, county }: OfficeWorld): Promise<{ takeoverId: string }> {
  const { rows } = await db.pool.query<{ id: string; town: string; village: string }>(
    `select p.id, p.town, p.village from registry.person p
      where p.county = $1 and p.village is not null and not exists (
        select from benefits.award a where a.county = p.county and a.holder_id = p.id)
      order by p.id desc limit 1`,
    [county],
  )
  const [person] = rows
  const actor = await getActor(db.deps.database.app, 'clerk')
  return execute(db.deps, commands.proposeTakeover, {
    ...{ actor, county, idempotencyKey: randomUUID() },
    input: {
      awards: [person?.id, randomUUID()].map((holderId) => ({
        ...{ program: 'extreme_poverty_support', holderKind: 'person', holderId },
        ...{ town: person?.town, village: person?.village },
        ...{ ledgerOpensMonth: '2020-12', lastPaidMonth: '2020-11', lastPaidFen: 928_00 },
      })),
    },
  })
}
