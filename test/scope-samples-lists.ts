import { randomUUID } from 'node:crypto'
import { commands } from '../server/app.ts'
import { isWhole, mayHave, type Samples } from './scope-samples.ts'
import type { PlantedCounty } from './scope-world.ts'

/** Lines of the addresses of temporary aid and of the old system's lists. */

/** For every person an aid that their town decided, none of it filed. */
export async function grantAids({ people, maker, checker, does }: PlantedCounty): Promise<void> {
  const { aids } = await does(maker, commands.grantTemporaryAid, {
    aids: people.map(({ id, town, village }) => ({
      ...{ holderId: id, town, village, month: '2020-12', cause: '测试', clause: '第九条' },
      content: {
        ...{ amountFen: 500_00, persons: [id], kind: 'urgent', registeredPoor: false },
        payee: { kind: 'person', id },
      },
    })),
  })
  await does(checker, commands.checkDeterminations, {
    ids: aids.map(({ determinationId }) => determinationId),
  })
}

const NOBODY = '00000000-0000-4000-8000-00000000dead'
const HERE = '/api/counties/:county'
const unknown = { status: 404, code: 'benefits.takeover_unknown' }
const outside = { status: 403, code: 'platform.outside_scope' }

export const LIST_SAMPLES: Samples = {
  [`GET ${HERE}/aids`]: ({ of, scope }) => ({
    path: {},
    query: 'only=unfiled&limit=200',
    answer: {
      status: 200,
      ids: of.people.filter((each) => mayHave(scope, of.county, each)).map(({ id }) => id).toSorted(), // prettier-ignore
    },
    idsOf: (body) =>
      (body as { aids: { people: { id: string }[] }[] }).aids
        .flatMap(({ people }) => people.map(({ id }) => id))
        .toSorted(),
  }),
  // What the county has set is for everybody in it to read.
  [`GET ${HERE}/aid-choices`]: () => ({
    path: {},
    answer: { status: 200, ids: [1500_00] },
    idsOf: (body) => [(body as { limit: { fen: number } }).limit.fen],
  }),
  // For somebody who is not on file, so that nothing is granted.
  [`POST ${HERE}/aids`]: ({ of, scope, person: { town, village, ...person } }) => ({
    path: {},
    body: {
      aids: [
        {
          ...{ holderId: NOBODY, town, village, month: '2020-12', cause: '测试', clause: '第九条' },
          content: {
            ...{ amountFen: 1, persons: [NOBODY], kind: 'urgent', registeredPoor: false },
            payee: { kind: 'person', id: NOBODY },
          },
        },
      ],
    },
    answer: mayHave(scope, of.county, { town, village, ...person })
      ? { status: 404, code: 'social_assistance.person_unknown' }
      : { status: 403, code: 'registry.outside_scope' },
  }),
  [`POST ${HERE}/aids/file`]: () => ({
    path: {},
    body: { awardIds: [randomUUID()] },
    answer: { status: 409, code: 'social_assistance.aid_not_fileable' },
  }),
  [`GET ${HERE}/takeovers`]: (asked) => ({
    path: {},
    answer: { status: 200, ids: isWhole(asked) ? [asked.of.takeoverId] : [] },
    idsOf: (body) => (body as { takeovers: { id: string }[] }).takeovers.map(({ id }) => id),
  }),
  [`GET ${HERE}/takeovers/:takeoverId`]: (asked) => ({
    path: { takeoverId: asked.of.takeoverId },
    answer: isWhole(asked) ? { status: 200, ids: asked.of.towns } : unknown,
    idsOf: (body) => (body as { parts: { town: string }[] }).parts.map(({ town }) => town),
  }),
  [`GET ${HERE}/takeovers/:takeoverId/awards`]: (asked) => ({
    path: { takeoverId: asked.of.takeoverId },
    query: 'limit=200',
    answer: isWhole(asked) ? { status: 200, ids: asked.of.people.map(({ id }) => id).toSorted() } : unknown,
    idsOf: (body) =>
      (body as { awards: { personId: string }[] }).awards.map(({ personId }) => personId).toSorted(),
  }),
  // Of a programme that there is not, so that no list is kept.
  [`POST ${HERE}/takeovers`]: (asked) => ({
    path: {},
    body: {
      awards: [
        {
          ...{ program: 'nothing', holderKind: 'person', holderId: NOBODY, town: null, village: null },
          ...{ ledgerOpensMonth: '2020-01', lastPaidMonth: '2019-12', lastPaidFen: 1 },
        },
      ],
    },
    answer: isWhole(asked) ? { status: 422, code: 'benefits.program_unknown' } : outside,
  }),
  [`POST ${HERE}/takeovers/:takeoverId/sign`]: () => ({
    path: { takeoverId: NOBODY },
    body: {},
    answer: unknown,
  }),
  [`POST ${HERE}/takeovers/:takeoverId/withdraw`]: () => ({
    path: { takeoverId: NOBODY },
    body: { why: '测试' },
    answer: unknown,
  }),
  [`GET ${HERE}/corrections/:correctionId`]: (asked) => ({
    path: { correctionId: asked.of.correctionId },
    answer: isWhole(asked)
      ? { status: 200, ids: [asked.of.correctionId] }
      : { status: 404, code: 'benefits.correction_unknown' },
    idsOf: (body) => [(body as { correction: { id: string } }).correction.id],
  }),
  // Both months are settled: no run waits for it.
  [`GET ${HERE}/corrections/:correctionId/months`]: (asked) => ({
    path: { correctionId: asked.of.correctionId },
    query: 'runNo=1',
    answer: { status: 404, code: isWhole(asked) ? 'benefits.run_unknown' : 'benefits.correction_unknown' },
  }),
}
