import type { TestDb } from './db.ts'
import { isWhole, type Asked, type Sample, type Samples } from './scope-samples.ts'
import type { PlantedCounty } from './scope-world.ts'

/** Lines of the go-live desk: of the whole county alone; each county has one project that was given up, with a line of each award. */

const HERE = '/api/counties/:county/go-lives'
const NOTHING = '00000000-0000-4000-8000-00000000dead'
export const projectOf = ({ county }: Pick<PlantedCounty, 'county'>) =>
  `00000000-0000-4000-8000-00000a${county}`

export async function plantGoLive(db: TestDb, planted: PlantedCounty): Promise<void> {
  const { county, month, maker, people } = planted
  await db.pool.query(
    `insert into golive.project (county, id, opening_month, list_month, groups, programs, status, started_by, started_at,
                                 given_up_by, given_up_at, given_up_why)
     values ($1, $2, $3, $3, '{basic_assistance}', '{subsistence_allowance}', 'given_up', $4, now(), $4, now(), '测试')`,
    [county, projectOf(planted), month, maker.id],
  )
  for (const { id, awardId, householdId, town, village } of people)
    await db.pool.query(
      `insert into golive.compared (county, project_id, id, program, holder_id, award_id, person_id, old_fen, new_fen, delta_fen,
                                    state, town, village)
       values ($1, $2, gen_random_uuid(), 'subsistence_allowance', $3, $4, $5, 38400, 38400, 0, 'equal', $6, $7)`,
      [county, projectOf(planted), householdId, awardId, id, town, village],
    )
}

const outside = { status: 403, code: 'platform.outside_scope' }
const isOver = { status: 409, code: 'golive.project_state' }

const wholeElse = (asked: Asked, answer: Sample['answer']): Sample['answer'] =>
  isWhole(asked) ? answer : outside
/** Whoever is in charge of a part does not learn that there is such a project. */
const wholeElseUnknown = (asked: Asked, answer: Sample['answer']): Sample['answer'] =>
  isWhole(asked) ? answer : { status: 404, code: 'golive.project_unknown' }

const awardsOf = ({ of }: Asked) => of.people.map(({ awardId }) => awardId).toSorted()

function write(
  step: string,
  body: object,
  answer: (asked: Asked, answer: Sample['answer']) => Sample['answer'],
): Samples {
  return {
    [`POST ${HERE}/:projectId/${step}`]: (asked) => ({
      path: { projectId: projectOf(asked.of) },
      body,
      answer: answer(asked, isOver),
    }),
  }
}

export const GOLIVE_SAMPLES: Samples = {
  [`GET ${HERE}`]: (asked) => ({
    path: {},
    answer: wholeElse(asked, { status: 200, ids: [projectOf(asked.of)] }),
    idsOf: (body) => (body as { projects: { id: string }[] }).projects.map(({ id }) => id),
  }),
  [`GET ${HERE}/:projectId`]: (asked) => ({
    path: { projectId: projectOf(asked.of) },
    answer: wholeElse(asked, { status: 200 }),
  }),
  [`GET ${HERE}/:projectId/quality`]: (asked) => ({
    path: { projectId: NOTHING },
    answer: wholeElse(asked, { status: 404, code: 'golive.project_unknown' }),
  }),
  [`GET ${HERE}/:projectId/quality/:check`]: (asked) => ({
    path: { projectId: projectOf(asked.of), check: 'no_such_check' },
    answer: wholeElse(asked, { status: 422, code: 'golive.check_unknown' }),
  }),
  [`GET ${HERE}/:projectId/lines`]: (asked) => ({
    path: { projectId: projectOf(asked.of) },
    query: 'limit=200',
    answer: wholeElse(asked, { status: 200, ids: awardsOf(asked) }),
    idsOf: (body) =>
      (body as { lines: { awardId: string }[] }).lines.map(({ awardId }) => awardId).toSorted(),
  }),
  // Both counties have published runs: it is too late to move in.
  [`POST ${HERE}`]: (asked) => ({
    path: {},
    body: { openingMonth: '2020-05', listMonth: '2020-04', groups: ['basic_assistance'] },
    answer: wholeElse(asked, { status: 409, code: 'benefits.ledger_begun' }),
  }),
  ...write('give-up', { why: '范围测试' }, wholeElseUnknown),
  ...write('compare', {}, wholeElse),
  ...write('explain', { reason: 'other', note: '范围测试' }, wholeElse),
  ...write('items', { item: 'drill_done', isDone: true, note: '范围测试' }, wholeElseUnknown),
  ...write('sign', { digest: 'a'.repeat(64) }, wholeElseUnknown),
  ...write('unsign', { why: '范围测试' }, wholeElseUnknown),
  ...write('open', {}, wholeElseUnknown),
}
