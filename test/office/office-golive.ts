import { randomUUID } from 'node:crypto'
import { getActor } from '../../server/platform/access.ts'
import type { OfficeWorld } from './office-world.ts'

/**
 * A project in its parallel month, of a county whose own months are long published: planted, because a command would refuse it. Its
 * lines are those of the demonstration's awards beside an old list that is wrong here and there.
 */
export async function plantGoLive({ db, county }: OfficeWorld): Promise<string> {
  const projectId = randomUUID()
  const clerk = await getActor(db.deps.database.app, 'clerk')
  await db.pool.query(
    `insert into golive.project (county, id, opening_month, list_month, groups, programs, status, started_by, started_at, runs,
                                 compared_by, compared_at, digest)
     values ($1, $2, '2020-10', '2020-09', '{basic_assistance}',
             '{subsistence_allowance,extreme_poverty_support,extreme_poverty_care}', 'parallel', $3, '2020-11-02T01:00:00Z', '{1}',
             $3, '2020-11-03T01:00:00Z', repeat('3f', 32))`,
    [county, projectId, clerk.id],
  )
  await db.pool.query(
    `insert into golive.compared (county, project_id, id, program, holder_id, award_id, person_id, old_fen, arrears_fen, new_fen,
                                  delta_fen, state, reason, rule, note, explained_by, explained_at, town, village)
     select n.county, $2, gen_random_uuid(), n.program, n.holder_id, n.award_id, n.person_id, n.old_fen, 0, n.new_fen,
            coalesce(n.new_fen, 0) - coalesce(n.old_fen, 0), n.state, n.reason, n.rule,
            case when n.reason = 'old_error' then '逐户核对，旧系统少计一人' end,
            case when n.reason = 'old_error' then $3::uuid end, case when n.reason = 'old_error' then now() end, n.town, n.village
       from (select a.county, a.program, a.holder_id, a.id as award_id,
                    case a.holder_kind when 'person' then a.holder_id else h.head_id end as person_id,
                    case when r.at % 40 = 7 then null when r.at % 6 = 4 then l.fen - 3633 when r.at % 6 = 1 then l.fen - 100
                         else l.fen end as old_fen,
                    case when r.at % 40 = 9 then null else l.fen end as new_fen,
                    case when r.at % 40 = 7 then 'only_new' when r.at % 40 = 9 then 'only_old'
                         when r.at % 6 in (1, 4) then 'differing' else 'equal' end as state,
                    case when r.at % 40 = 7 then 'start' when r.at % 40 = 9 then null when r.at % 6 = 4 then 'rate'
                         when r.at % 36 = 1 then 'old_error' end as reason,
                    case when r.at % 40 = 7 then 'new_grant' when r.at % 40 = 9 then null when r.at % 6 = 4 then 'earlier_law' end as rule, a.town, a.village
               from (select award_id, row_number() over (order by award_id) as at from (
                       select distinct award_id from benefits.obligation_line
                        where county = $1 and for_month = '2020-10') d limit 1000) r
               join benefits.award a on a.county = $1 and a.id = r.award_id
               join lateral (select sum(o.fen)::bigint as fen from benefits.obligation_line o
                              where o.county = $1 and o.for_month = '2020-10' and o.award_id = r.award_id) l on l.fen > 5000
               left join registry.household h on h.county = a.county and h.id = a.holder_id) n`,
    [county, projectId, clerk.id],
  )
  return projectId
}
