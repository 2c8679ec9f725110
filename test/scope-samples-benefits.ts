import { randomUUID } from 'node:crypto'
import { commands } from '../server/app.ts'
import { subsistence } from './benefits.ts'
import { isWhole, mayHave, type Asked, type Samples } from './scope-samples.ts'
import type { PlantedCounty } from './scope-world.ts'

/** Lines of the addresses of benefits, the desk and the search. */

/** Determinations that wait, one for each person, in the order of the people. */
const waiting = new Map<string, string>()

export async function proposeChanges({ people, maker, does }: PlantedCounty): Promise<void> {
  const change = { kind: 'change', outcome: 'grant', from: '2021-01', to: null, cause: '测试', clause: '' }
  const { ids } = await does(maker, commands.proposeDeterminations, {
    determinations: people.map(({ id, awardId }) => {
      return { awardId, ...change, content: subsistence({ persons: [id], incomeFen: 50_00 }) }
    }),
  })
  for (const [index, { id }] of people.entries()) waiting.set(id, ids[index] ?? '')
}

/** Both months of the planted county are published. */
const RUNS = [2, 1]
const published = (asked: Asked) =>
  isWhole(asked) ? { status: 409, code: 'benefits.run_state' } : { status: 404, code: 'benefits.run_unknown' }

const waitingFor = ({ of, scope }: Asked) =>
  of.people
    .filter((each) => mayHave(scope, of.county, each))
    .map(({ id }) => waiting.get(id) ?? '')
    .toSorted()
const unknown = { status: 404, code: 'benefits.determination_unknown' }
const outside = { status: 403, code: 'platform.outside_scope' }
const noPolicy = { status: 404, code: 'benefits.policy_unknown' }

/** More for all of the countryside, from a month that nobody has settled. */
const RAISE = {
  title: '提标',
  document: { title: '通知' },
  rates: [
    {
      ...{ program: 'subsistence_allowance', item: 'standard', when: { residence: 'rural' } },
      ...{ value: { kind: 'amount', fen: 580_00 }, from: '2020-12' },
    },
  ],
}

export const BENEFITS_SAMPLES: Samples = {
  'GET /api/counties/:county/runs': (asked) => ({
    path: {},
    answer: { status: 200, ids: isWhole(asked) ? RUNS : [] },
    idsOf: (body) => (body as { runs: { no: number }[] }).runs.map(({ no }) => no),
  }),
  'GET /api/counties/:county/runs/:runNo': (asked) => ({
    path: { runNo: '1' },
    answer: isWhole(asked) ? { status: 200 } : { status: 404, code: 'benefits.run_unknown' },
  }),
  'GET /api/counties/:county/runs/:runNo/lines': (asked) => ({
    path: { runNo: '1' },
    // The run itself is the whole county's.
    answer: isWhole(asked)
      ? { status: 200, ids: asked.of.people.map(({ awardId }) => awardId).toSorted() }
      : { status: 404, code: 'benefits.run_unknown' },
    idsOf: (body) => (body as { lines: { awardId: string }[] }).lines.map(({ awardId }) => awardId),
  }),
  'POST /api/counties/:county/runs/:runNo/check': (asked) => ({
    path: { runNo: '1' },
    body: {},
    answer: published(asked),
  }),
  'POST /api/counties/:county/runs/:runNo/approve': (asked) => ({
    path: { runNo: '1' },
    body: {},
    answer: published(asked),
  }),
  // Law is for everybody in the county to read, and for the county alone to set.
  'GET /api/counties/:county/standards': ({ of }) => ({
    path: {},
    answer: { status: 200, ids: [of.county, of.county, of.county] },
    idsOf: (body) => (body as { standards: { area: string }[] }).standards.map(({ area }) => area),
  }),
  'GET /api/counties/:county/settings': () => ({
    path: {},
    answer: { status: 200, ids: ['rounding', 'township_limit_yuan'] },
    idsOf: (body) =>
      (body as { settings: { key: string }[] }).settings.flatMap(({ key }) =>
        key === 'rounding' || key === 'township_limit_yuan' ? key : [],
      ),
  }),
  'GET /api/counties/:county/standards/drafts': () => ({ path: {}, answer: { status: 200 } }),
  'POST /api/counties/:county/standards/drafts': (asked) => ({
    path: {},
    body: RAISE,
    answer: isWhole(asked) ? { status: 200 } : outside,
  }),
  'POST /api/counties/:county/standards/drafts/:policyId/publish': () => ({
    path: { policyId: randomUUID() },
    body: {},
    answer: noPolicy,
  }),
  'POST /api/counties/:county/standards/drafts/:policyId/withdraw': () => ({
    path: { policyId: randomUUID() },
    body: { why: '测试' },
    answer: noPolicy,
  }),
  'POST /api/counties/:county/standards/preview': (asked) => ({
    path: {},
    body: { draft: RAISE },
    answer: isWhole(asked) ? { status: 200, ids: asked.of.towns } : outside,
    idsOf: (body) => (body as { towns: { town: string }[] }).towns.map(({ town }) => town),
  }),
  'POST /api/counties/:county/standards/preview/people': (asked) => ({
    path: {},
    body: { draft: RAISE, kind: 'gained' },
    // Every second award has ended.
    answer: isWhole(asked)
      ? { status: 200, ids: asked.of.people.filter((_, index) => index % 2 === 0).map(({ awardId }) => awardId).toSorted() } // prettier-ignore
      : outside,
    idsOf: (body) => (body as { changes: { awardId: string }[] }).changes.map(({ awardId }) => awardId),
  }),
  'GET /api/counties/:county/determinations': (asked) => ({
    path: {},
    answer: { status: 200, ids: waitingFor(asked) },
    idsOf: (body) => (body as { determinations: { id: string }[] }).determinations.map(({ id }) => id),
  }),
  'GET /api/counties/:county/determinations/:id': ({ of, scope, person }) => ({
    path: { id: waiting.get(person.id) ?? '' },
    answer: mayHave(scope, of.county, person) ? { status: 200, ids: [person.id] } : unknown,
    idsOf: (body) =>
      (body as { determination: { people: { id: string }[] } }).determination.people.map(({ id }) => id),
  }),
  // Asked with what is never allowed, so that the planted ones stay as they are: who is out of reach learns nothing.
  'POST /api/counties/:county/determinations': ({ of, scope, person }) => ({
    path: {},
    body: {
      determinations: [
        {
          ...{ awardId: person.awardId, kind: 'change', outcome: 'grant', from: '2021-03', to: null },
          ...{ cause: '测试', clause: '', content: subsistence({ persons: [person.id] }) },
        },
      ],
    },
    answer: mayHave(scope, of.county, person)
      ? { status: 409, code: 'benefits.determination_waiting' }
      : { status: 404, code: 'benefits.award_unknown' },
  }),
  'POST /api/counties/:county/determinations/:id/edit': ({ of, scope, person }) => ({
    path: { id: waiting.get(person.id) ?? '' },
    body: {
      ...{
        version: 99,
        kind: 'change',
        outcome: 'grant',
        from: '2021-01',
        to: null,
        cause: '测试',
        clause: '',
      },
      content: subsistence({ persons: [person.id] }),
    },
    answer: mayHave(scope, of.county, person)
      ? { status: 409, code: 'benefits.determination_changed' }
      : unknown,
  }),
  'POST /api/counties/:county/determinations/check': ({ person }) => ({
    path: {},
    body: { ids: [waiting.get(person.id), randomUUID()], versions: {} },
    answer: unknown,
  }),
  'POST /api/counties/:county/determinations/:id/refuse': () => ({
    path: { id: randomUUID() },
    body: { why: '测试' },
    answer: unknown,
  }),
  'POST /api/counties/:county/determinations/:id/withdraw': ({ of, scope, person }) => ({
    path: { id: waiting.get(person.id) ?? '' },
    body: { why: '测试' },
    answer: mayHave(scope, of.county, person) ? { status: 403, code: 'benefits.not_the_maker' } : unknown,
  }),
  'POST /api/counties/:county/determinations/:id/undo': ({ of, scope, person }) => ({
    path: { id: waiting.get(person.id) ?? '' },
    body: { why: '测试', clause: '第一条' },
    answer: mayHave(scope, of.county, person)
      ? { status: 409, code: 'benefits.determination_state' }
      : unknown,
  }),
  // Without a permission to act on anything nothing waits.
  'GET /api/counties/:county/inbox': () => ({
    path: {},
    answer: { status: 200, ids: [] },
    idsOf: (body) => (body as { groups: { kind: string }[] }).groups.map(({ kind }) => kind),
  }),
  'POST /api/counties/:county/people/search': ({ of, scope, person }) => ({
    path: {},
    body: { text: person.name },
    answer: { status: 200, ids: mayHave(scope, of.county, person) ? [person.id] : [] },
    idsOf: (body) => (body as { people: { id: string }[] }).people.map(({ id }) => id),
  }),
}
