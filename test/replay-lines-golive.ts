import { randomUUID } from 'node:crypto'
import { only, type OtherKey, type Place, type Write, type WriteLines } from './replay-lines.ts'

/** Lines of the go-live desk. Its county is at work already: for moving in, its runs are of another group meanwhile. */

const HERE = '/api/counties/:county/go-lives'
const DIGEST = 'd'.repeat(64)
const HAND_ITEMS = ['keys_kept', 'drill_done', 'old_closed', 'staff_trained', 'village_told']

async function apart({ db, of }: Place, isApart: boolean): Promise<void> {
  const [from, to] = isApart ? ['basic_assistance', 'apart'] : ['apart', 'basic_assistance']
  await db.pool.query('update benefits.run set program_group = $3 where county = $1 and program_group = $2', [
    ...[of.county, from, to],
  ])
  await db.pool.query('delete from benefits.ledger_opening where county = $1', [of.county])
  await db.pool.query(`delete from platform.counter where county = $1 and name like 'ledger_opens.%'`, [
    of.county,
  ])
}

/** The only open one, as far as `rest` says; of a programme that nobody here has. */
async function planted(place: Place, rest: Readonly<Record<string, unknown>> = {}): Promise<string> {
  await apart(place, false)
  const { db, of } = place
  await giveUpAll(place)
  const id = randomUUID()
  const row: Record<string, unknown> = {
    ...{ county: of.county, id, opening_month: of.month, list_month: of.month },
    ...{ groups: ['basic_assistance'], programs: ['extreme_poverty_care'], status: 'preparing' },
    ...{ started_by: of.maker.id, started_at: '2020-01-10T00:00:00Z', ...rest },
  }
  const columns = Object.keys(row)
  await db.pool.query(
    `insert into golive.project (${columns.join(', ')}) values (${columns.map((_, at) => `$${at + 1}`).join(', ')})`,
    Object.values(row),
  )
  return id
}

async function giveUpAll({ db, of }: Place): Promise<void> {
  await db.pool.query(
    `update golive.project set status = 'given_up', given_up_by = started_by, given_up_at = now(), given_up_why = '测试'
      where county = $1 and status in ('preparing', 'parallel', 'signed')`,
    [of.county],
  )
}

const compared = ({ of }: Place) => ({
  ...{ status: 'parallel', compared_by: of.maker.id, compared_at: '2020-01-10T00:00:00Z', digest: DIGEST },
})
const firstSigned = (place: Place) => ({
  ...{ ...compared(place), first_by: place.of.checker.id, first_at: '2020-01-10T01:00:00Z' },
})

async function withLine(place: Place): Promise<{ projectId: string; ids: string[] }> {
  const projectId = await planted(place, compared(place))
  const { id } = await only<{ id: string }>(
    place,
    `insert into golive.compared (county, project_id, id, program, holder_id, old_fen, delta_fen, state)
     values ($1, $2, gen_random_uuid(), 'extreme_poverty_care', gen_random_uuid(), 100, -100, 'only_old') returning id`,
    [projectId],
  )
  return { projectId, ids: [id] }
}

/** Signed by both, with everything done. */
async function ready(place: Place): Promise<string> {
  const { db, of } = place
  const projectId = await planted(place, {
    ...{ ...firstSigned(place), status: 'signed', groups: ['nothing'] },
    ...{ second_by: of.approver.id, second_at: '2020-01-10T02:00:00Z' },
  })
  for (const item of HAND_ITEMS)
    await db.pool.query(`insert into golive.check_item values ($1, $2, $3, true, '办好', $4, now())`, [
      ...[of.county, projectId, item, of.maker.id],
    ])
  await db.pool.query(
    `insert into funds.budget (county, id, fiscal_year, source, program, amount_fen, reserved_fen, created_by, recorded_at)
     select $1, gen_random_uuid(), 2020, '上线', 'extreme_poverty_care', 1, 0, $2, now()
      where not exists (select from funds.budget where county = $1 and source = '上线')`,
    [of.county, of.maker.id],
  )
  await db.pool.query(
    `insert into platform.second_factor (id, account_id, secret_cipher, turned_on_at)
     select gen_random_uuid(), a.id, 'planted', now() from platform.account a
      where not exists (select from platform.second_factor f where f.account_id = a.id)`,
  )
  return projectId
}

const line = (make: (place: Place) => Promise<Write>, otherKey: OtherKey) => ({ make, otherKey })
const isOver = { refused: 'golive.project_state' }

export const GOLIVE_LINES: WriteLines = {
  [`POST ${HERE}`]: {
    make: async (place) => {
      await giveUpAll(place)
      await apart(place, true)
      const body = { openingMonth: '2020-05', listMonth: '2020-04', groups: ['basic_assistance'] }
      return { by: place.of.maker, body }
    },
    otherKey: { refused: 'benefits.ledger_planned' },
    other: ({ body = {} }) => ({ body: { ...body, listMonth: '2020-05' } }),
  },
  [`POST ${HERE}/:projectId/give-up`]: line(
    async (place) => ({
      ...{ by: place.of.maker, path: { projectId: await planted(place) }, body: { why: '开账月定错了' } },
    }),
    isOver,
  ),
  [`POST ${HERE}/:projectId/compare`]: line(
    async (place) => ({ by: place.of.maker, path: { projectId: await planted(place) } }),
    'another effect',
  ),
  [`POST ${HERE}/:projectId/explain`]: line(async (place) => {
    const { projectId, ids } = await withLine(place)
    const body = { ids, reason: 'old_error', note: '核对过' }
    return { by: place.of.maker, path: { projectId }, body }
  }, 'another effect'),
  [`POST ${HERE}/:projectId/items`]: line(
    async (place) => ({
      ...{ by: place.of.maker, path: { projectId: await planted(place) } },
      body: { item: 'drill_done', isDone: true, note: '演练通过' },
    }),
    'another effect',
  ),
  [`POST ${HERE}/:projectId/sign`]: line(
    async (place) => ({
      ...{ by: place.of.checker, path: { projectId: await planted(place, compared(place)) } },
      body: { digest: DIGEST },
    }),
    { refused: 'golive.same_signer' },
  ),
  [`POST ${HERE}/:projectId/unsign`]: line(
    async (place) => ({
      ...{ by: place.of.approver, path: { projectId: await planted(place, firstSigned(place)) } },
      body: { why: '再核对一遍' },
    }),
    isOver,
  ),
  [`POST ${HERE}/:projectId/open`]: line(
    async (place) => ({ by: place.of.approver, path: { projectId: await ready(place) } }),
    isOver,
  ),
}
