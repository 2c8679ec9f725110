import { randomUUID } from 'node:crypto'
import type { PlantedCounty, PlantedPerson } from './scope-world.ts'

/** One line per address: what somebody of the office gets, told from the planted county alone. */

export interface Asked {
  /** The county asked for. */
  of: PlantedCounty
  scope: readonly string[]
  person: PlantedPerson
}

export interface Sample {
  path: Readonly<Record<string, string>>
  query?: string
  body?: object
  /** What somebody with the permission, and with an area in the county, gets. */
  answer: { status: number; code?: string; ids?: readonly (string | number)[] }
  idsOf?: (body: unknown) => (string | number)[]
}

export type Samples = Readonly<Record<string, (asked: Asked) => Sample>>

export const isWhole = ({ of, scope }: Asked) => scope.includes(of.county)
export const mayHave = (scope: readonly string[], county: string, { town, village }: PlantedPerson) =>
  scope.some((code) => code === county || code === town || code === village)

const NOBODY = '00000000-0000-4000-8000-00000000dead'
const HERE = '/api/counties/:county'

/** Of the whole county alone: everybody else is told that they are not in charge of it. */
function countyOnly(asked: Asked, answer: Sample['answer']): Sample['answer'] {
  return isWhole(asked) ? answer : { status: 403, code: 'funds.whole_county_needed' }
}

/** Rows of the whole county: whoever has a part of it does not learn that there is such a batch. */
function batchOnly(asked: Asked, answer: Sample['answer']): Sample['answer'] {
  return isWhole(asked) ? answer : { status: 404, code: 'funds.batch_unknown' }
}

const batchState = { status: 409, code: 'funds.batch_state' }

export const FUNDS_SAMPLES: Samples = {
  [`GET ${HERE}/batches`]: (asked) => ({
    path: {},
    answer: { status: 200, ids: isWhole(asked) ? [2, 1] : [] },
    idsOf: (body) => (body as { batches: { no: number }[] }).batches.map(({ no }) => no),
  }),
  [`GET ${HERE}/batch-choices`]: () => ({ path: {}, answer: { status: 200 } }),
  [`GET ${HERE}/batches/:batchNo`]: (asked) => ({
    path: { batchNo: '1' },
    answer: batchOnly(asked, { status: 200 }),
  }),
  [`GET ${HERE}/batches/:batchNo/instructions`]: (asked) => ({
    path: { batchNo: '1' },
    answer: batchOnly(asked, {
      status: 200,
      ids: asked.of.people.map(({ awardId }) => awardId).toSorted(),
    }),
    idsOf: (body) =>
      (body as { instructions: { awardId: string }[] }).instructions.map(({ awardId }) => awardId).toSorted(),
  }),
  [`GET ${HERE}/runs/:runNo/settlement`]: (asked) => ({
    path: { runNo: '1' },
    answer: countyOnly(asked, { status: 200 }),
  }),
  [`POST ${HERE}/batches`]: (asked) => ({
    path: {},
    body: { programGroup: 'basic_assistance', fiscalYear: 2020, title: '范围测试', layout: 'csv_utf8' },
    // Everything payable is in the second batch, or held.
    answer: countyOnly(asked, { status: 409, code: 'funds.batch_nothing_to_pay' }),
  }),
  [`POST ${HERE}/batches/:batchNo/approve`]: (asked) => ({
    path: { batchNo: '1' },
    body: {},
    answer: countyOnly(asked, batchState),
  }),
  [`POST ${HERE}/batches/:batchNo/cancel`]: (asked) => ({
    path: { batchNo: '1' },
    body: {},
    answer: countyOnly(asked, batchState),
  }),
  [`POST ${HERE}/batches/:batchNo/file`]: (asked) => ({
    path: { batchNo: '1' },
    body: {},
    answer: countyOnly(asked, { status: 200 }),
  }),
  [`GET ${HERE}/batches/:batchNo/file`]: (asked) => ({
    path: { batchNo: '1' },
    answer: countyOnly(asked, { status: 200 }),
  }),
  [`POST ${HERE}/batches/:batchNo/results`]: (asked) => ({
    path: { batchNo: '1' },
    body: { base64: 'eA==' },
    answer: countyOnly(asked, { status: 422, code: 'funds.result_file_invalid' }),
  }),
  [`POST ${HERE}/instructions/:instructionId/answer`]: (asked) => ({
    path: { instructionId: NOBODY },
    body: { outcome: 'paid', paper: '银行复函' },
    answer: countyOnly(asked, { status: 404, code: 'funds.instruction_unknown' }),
  }),
  [`GET ${HERE}/budgets`]: (asked) => ({
    path: {},
    query: 'year=2020',
    answer: { status: 200, ids: isWhole(asked) ? ['县级'] : [] },
    idsOf: (body) => (body as { budgets: { source: string }[] }).budgets.map(({ source }) => source),
  }),
  [`POST ${HERE}/budgets`]: (asked) => ({
    path: {},
    body: {
      ...{ fiscalYear: 2020, source: '县级', program: 'subsistence_allowance' },
      ...{ amountFen: 1, basis: '范围测试' },
    },
    answer: countyOnly(asked, { status: 409, code: 'funds.budget_exists' }),
  }),
  [`POST ${HERE}/budgets/:budgetId/raise`]: (asked) => ({
    path: { budgetId: NOBODY },
    body: { addFen: 1, basis: '范围测试', version: 1 },
    answer: countyOnly(asked, { status: 404, code: 'funds.budget_unknown' }),
  }),
  [`GET ${HERE}/holds`]: ({ of, scope, person }) => {
    // One hold is on the first award, one on the last person; this test sets others, on persons and with other evidence.
    const isFirst = person === of.people[0]
    const held = isFirst ? person : of.people.at(-1)
    const id = isFirst ? person.awardId : held?.id
    return {
      path: {},
      query: `${isFirst ? 'awardId' : 'personId'}=${id}`,
      answer: { status: 200, ids: held && id && mayHave(scope, of.county, held) ? [id] : [] },
      idsOf: (body) =>
        (
          body as { holds: { awardId: string | null; personId: string | null; evidence: string }[] }
        ).holds.flatMap(({ awardId, personId, evidence }) =>
          evidence === '走访记录' ? (awardId ?? personId ?? []) : [],
        ),
    }
  },
  [`POST ${HERE}/holds`]: ({ of, scope, person }) => ({
    path: {},
    body: {
      ...{ personId: person.id, fromMonth: '2030-01', reviewOn: '2030-02-01' },
      ...{ cause: '范围测试', evidence: '范围测试' },
    },
    answer: mayHave(scope, of.county, person)
      ? { status: 200 }
      : { status: 404, code: 'funds.hold_target_unknown' },
  }),
  [`POST ${HERE}/holds/:holdId/lift`]: () => ({
    path: { holdId: NOBODY },
    body: { reason: '范围测试' },
    answer: { status: 404, code: 'funds.hold_unknown' },
  }),
  [`GET ${HERE}/claims`]: ({ of, scope }) => ({
    path: {},
    answer: {
      status: 200,
      ids: of.people
        .filter((person, index) => index % 2 === 1 && mayHave(scope, of.county, person))
        .map(({ awardId }) => awardId)
        .toSorted(),
    },
    idsOf: (body) =>
      (body as { claims: { awardId: string }[] }).claims.map(({ awardId }) => awardId).toSorted(),
  }),
  ...claimSteps({
    decide: { decision: '范围测试' },
    receipts: { fen: 1, receivedOn: '2020-03-12', paper: '范围测试' },
    'write-offs': { fen: 1, clause: '范围测试' },
    offsets: { toAward: NOBODY, toMonth: '2020-03', fen: 1, basis: 'consent', evidence: '范围测试' },
  }),
  [`POST ${HERE}/write-offs/:writeOffId/answer`]: (asked) => ({
    path: { writeOffId: NOBODY },
    body: { agrees: true },
    answer: countyOnly(asked, { status: 404, code: 'funds.write_off_unknown' }),
  }),
}

function claimSteps(bodies: Readonly<Record<string, object>>): Samples {
  const steps = Object.entries(bodies).map(([step, body]): [string, Samples[string]] => [
    `POST ${HERE}/claims/:claimId/${step}`,
    (asked) => ({
      path: { claimId: NOBODY },
      body,
      answer: countyOnly(asked, { status: 404, code: 'funds.claim_unknown' }),
    }),
  ])
  return Object.fromEntries(steps.flatMap(([key, sample]) => (sample ? [[key, sample]] : [])))
}

const wholeElseOutside = (asked: Asked, answer: Sample['answer']): Sample['answer'] =>
  isWhole(asked) ? answer : { status: 403, code: 'platform.outside_scope' }

export const FIGURE_SAMPLES: Samples = {
  [`GET ${HERE}/figures`]: (asked) => ({
    path: {},
    query: `month=${asked.of.month}`,
    answer: wholeElseOutside(asked, { status: 200, ids: [12] }),
    idsOf: (body) =>
      (body as { figures: { indicator: string; value: number }[] }).figures.flatMap(({ indicator, value }) =>
        indicator === '农村低保户数' ? value : [],
      ),
  }),
  [`GET ${HERE}/figures/:indicator/people`]: (asked) => ({
    path: { indicator: encodeURIComponent('农村低保人数') },
    query: `month=${asked.of.month}`,
    answer: wholeElseOutside(asked, {
      status: 200,
      ids: asked.of.people.map(({ id }) => id).toSorted(),
    }),
    idsOf: (body) =>
      (body as { rows: { people: { id: string }[] }[] }).rows
        .flatMap(({ people }) => people.map(({ id }) => id))
        .toSorted(),
  }),
}

const NO_LOGIN = 'nobody.here'
const unknownAccount = { status: 404, code: 'platform.account_unknown' }

export const OFFICE_SAMPLES: Samples = {
  [`GET ${HERE}/audit`]: (asked) => ({
    path: {},
    query: 'event=benefits.run.published',
    // Two months of each county; the other county's are not seen.
    answer: wholeElseOutside(asked, { status: 200, ids: ['发布核算', '发布核算'] }),
    idsOf: (body) => (body as { rows: { title: string }[] }).rows.map(({ title }) => title),
  }),
  [`GET ${HERE}/audit/events`]: () => ({ path: {}, answer: { status: 200 } }),
  [`GET ${HERE}/audit/seals`]: (asked) => ({ path: {}, answer: wholeElseOutside(asked, { status: 200 }) }),
  [`GET ${HERE}/accounts`]: (asked) => ({
    path: {},
    query: 'text=maker_',
    answer: wholeElseOutside(asked, { status: 200, ids: [`maker_${asked.of.county}`] }),
    idsOf: (body) => (body as { accounts: { login: string }[] }).accounts.map(({ login }) => login),
  }),
  [`POST ${HERE}/accounts`]: (asked) => ({
    path: {},
    body: {
      ...{ login: `maker_${asked.of.county}`, fullName: '范围测试', level: 'county' },
      ...{ roles: [`role_maker_${asked.of.county}`], scope: [asked.of.county] },
    },
    answer: wholeElseOutside(asked, { status: 409, code: 'platform.login_taken' }),
  }),
  [`POST ${HERE}/accounts/:login/roles`]: (asked) => ({
    path: { login: `maker_${asked.of.county}` },
    body: { roles: ['nothing'] },
    answer: wholeElseOutside(asked, { status: 422, code: 'platform.role_unknown' }),
  }),
  [`POST ${HERE}/accounts/:login/scope`]: ({ of }) => ({
    path: { login: `maker_${of.county}` },
    // Areas of another county are given by nobody here, whatever else they have.
    body: { scope: ['110101'], level: 'county' },
    answer: { status: 403, code: 'platform.outside_scope' },
  }),
  ...accountSteps(['deactivate', 'activate', 'unlock', 'password', 'second-factor/reset']),
  [`GET ${HERE}/accounts/:login/sessions`]: (asked) => ({
    path: { login: NO_LOGIN },
    answer: wholeElseOutside(asked, unknownAccount),
  }),
  [`POST ${HERE}/accounts/:login/sessions/:sessionId/revoke`]: (asked) => ({
    path: { login: NO_LOGIN, sessionId: NOBODY },
    body: {},
    answer: wholeElseOutside(asked, unknownAccount),
  }),
  // Everybody who asks here saves one under the same name; each sees their own, and whoever asks now has none yet.
  [`GET ${HERE}/drafts`]: () => ({
    path: {},
    query: 'form=test.scope',
    answer: { status: 200, ids: [] },
    idsOf: (body) => (body as { drafts: { id: string }[] }).drafts.map(({ id }) => id),
  }),
  // Whoever asks may have saved some above: never somebody else's, as test/drafts.test.ts shows.
  [`GET ${HERE}/unsent-drafts`]: () => ({ path: {}, answer: { status: 200 } }),
  [`POST ${HERE}/drafts/:id`]: ({ person }) => ({
    path: { id: randomUUID() },
    body: {
      ...{ form: 'test.scope', content: person.name, writer: randomUUID(), version: 1, base: 0 },
    },
    answer: { status: 200 },
  }),
  [`POST ${HERE}/drafts/:id/discard`]: () => ({
    path: { id: NOBODY },
    body: {},
    answer: { status: 200 },
  }),
  [`GET ${HERE}/roles`]: () => ({ path: {}, answer: { status: 200 } }),
  [`GET ${HERE}/accounts/:login/sign-in-ways`]: (asked) => ({
    path: { login: `maker_${asked.of.county}` },
    answer: wholeElseOutside(asked, { status: 200 }),
  }),
  [`POST ${HERE}/accounts/:login/second-factor/rule`]: (asked) => ({
    path: { login: NO_LOGIN },
    body: { isRequired: true },
    answer: wholeElseOutside(asked, unknownAccount),
  }),
  [`POST ${HERE}/roles/:role/second-factor`]: (asked) => ({
    path: { role: 'nothing' },
    body: { isRequired: true },
    answer: wholeElseOutside(asked, { status: 422, code: 'platform.role_unknown' }),
  }),
  [`POST ${HERE}/accounts/:login/outside-identities`]: (asked) => ({
    path: { login: NO_LOGIN },
    body: { issuer: 'https://id.example/', subject: '工号-1' },
    answer: wholeElseOutside(asked, unknownAccount),
  }),
  [`POST ${HERE}/accounts/:login/outside-identities/:identityId/unbind`]: (asked) => ({
    path: { login: NO_LOGIN, identityId: NOBODY },
    body: {},
    answer: wholeElseOutside(asked, unknownAccount),
  }),
  // Asked with what is never allowed, so that no role is made here.
  [`POST ${HERE}/roles`]: (asked) => ({
    path: {},
    body: { title: `role_maker_${asked.of.county}`, permissions: ['funds.hold.read'] },
    answer: wholeElseOutside(asked, { status: 409, code: 'platform.role_title_taken' }),
  }),
  [`POST ${HERE}/roles/:key`]: (asked) => ({
    path: { key: `role_maker_${asked.of.county}` },
    body: { title: '范围测试', permissions: ['funds.hold.read'], version: 1 },
    answer: wholeElseOutside(asked, { status: 403, code: 'platform.role_installed' }),
  }),
  [`GET ${HERE}/configuration`]: () => ({ path: {}, answer: { status: 200 } }),
  [`GET ${HERE}/readiness`]: () => ({ path: {}, answer: { status: 200 } }),
  [`GET ${HERE}/calendar`]: () => ({ path: {}, answer: { status: 200 } }),
  [`POST ${HERE}/calendar/years`]: (asked) => ({
    path: {},
    body: {
      ...{ year: 2031, number: '国办发明电〔2030〕1号', makeupWorkdays: ['2031-01-06'] },
      holidays: ['01', '02', '03', '04', '05', '06', '07'].map((day) => `2031-02-${day}`),
    },
    answer: wholeElseOutside(asked, { status: 422, code: 'platform.calendar_format' }),
  }),
  [`POST ${HERE}/calendar/years/:year/undo`]: (asked) => ({
    path: { year: '2020' },
    body: { why: '范围测试' },
    answer: wholeElseOutside(asked, { status: 404, code: 'platform.calendar_year_unknown' }),
  }),
  // The planted database has no calendar: it is the same for all.
  [`GET ${HERE}/calendar/:year`]: () => ({
    path: { year: '2020' },
    answer: { status: 404, code: 'platform.calendar_year_unknown' },
  }),
  [`POST ${HERE}/calendar/days/:day`]: (asked) => ({
    path: { day: '2020-01-27' },
    body: { kind: 'holiday', basis: '范围测试' },
    answer: wholeElseOutside(asked, { status: 409, code: 'platform.calendar_missing' }),
  }),
}

function accountSteps(steps: readonly string[]): Samples {
  return Object.fromEntries(
    steps.map((step): [string, (asked: Asked) => Sample] => [
      `POST ${HERE}/accounts/:login/${step}`,
      (asked) => ({
        path: { login: NO_LOGIN },
        body: {},
        answer: wholeElseOutside(asked, unknownAccount),
      }),
    ]),
  )
}
