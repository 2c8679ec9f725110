import { isWhole, type Asked, type Samples } from './scope-samples.ts'

/** Lines of the addresses of a run's steps and lists, and of corrections. */

/** Both months of the planted county are published. */
const published = (asked: Asked) =>
  isWhole(asked) ? { status: 409, code: 'benefits.run_state' } : { status: 404, code: 'benefits.run_unknown' }

const NOBODY = '00000000-0000-7000-8000-000000000000'
/** Known to nobody, wherever they are. */
const nowhere = (code: string) => ({ status: 404, code })
/** The correction that was proposed about the last person. */
const subjectOf = ({ of }: Asked) => of.people.at(-1)?.id ?? ''

export const RUN_SAMPLES: Samples = {
  'GET /api/counties/:county/runs/:runNo/changes': (asked) => ({
    path: { runNo: '1' },
    query: 'change=new&limit=200',
    answer: isWhole(asked)
      ? { status: 200, ids: asked.of.people.map(({ awardId }) => awardId).toSorted() }
      : { status: 404, code: 'benefits.run_unknown' },
    idsOf: (body) => (body as { items: { awardId: string }[] }).items.map(({ awardId }) => awardId),
  }),
  'GET /api/counties/:county/runs/:runNo/sample': (asked) => ({
    path: { runNo: '1' },
    answer: isWhole(asked)
      ? { status: 200, ids: asked.of.people.map(({ awardId }) => awardId).toSorted() }
      : { status: 404, code: 'benefits.run_unknown' },
    idsOf: (body) =>
      (body as { awards: { awardId: string }[] }).awards.map(({ awardId }) => awardId).toSorted(),
  }),
  // Two months are published: the first cannot be started any more.
  'POST /api/counties/:county/runs': (asked) => ({
    path: {},
    body: { group: 'basic_assistance', month: '1999-01' },
    answer: isWhole(asked)
      ? { status: 409, code: 'benefits.run_month' }
      : { status: 403, code: 'platform.outside_scope' },
  }),
  'POST /api/counties/:county/runs/:runNo/publish': (asked) => ({
    path: { runNo: '1' },
    body: {},
    answer: published(asked),
  }),
  'POST /api/counties/:county/runs/:runNo/reject': (asked) => ({
    path: { runNo: '1' },
    body: { reason: '重新核对' },
    answer: published(asked),
  }),
  // The first of two published months cannot be taken back.
  'POST /api/counties/:county/runs/:runNo/cancel': (asked) => ({
    path: { runNo: '1' },
    body: {},
    answer: isWhole(asked)
      ? { status: 409, code: 'benefits.run_not_cancellable' }
      : { status: 404, code: 'benefits.run_unknown' },
  }),
  'POST /api/counties/:county/runs/:runNo/answer': (asked) => ({
    path: { runNo: '1' },
    body: { kind: 'too_many_corrections', answer: '已逐笔核对' },
    answer: published(asked),
  }),
  'GET /api/counties/:county/corrections': (asked) => ({
    path: {},
    answer: { status: 200, ids: isWhole(asked) ? [subjectOf(asked)] : [] },
    idsOf: (body) =>
      (body as { corrections: { subject: string }[] }).corrections.map(({ subject }) => subject),
  }),
  'POST /api/counties/:county/corrections': (asked) => ({
    path: {},
    body: { kind: 'fact', subject: subjectOf(asked), clause: '第三十一条' },
    answer: isWhole(asked)
      ? { status: 409, code: 'benefits.correction_open' }
      : { status: 403, code: 'platform.outside_scope' },
  }),
  'POST /api/counties/:county/corrections/:correctionId/decide': () => ({
    path: { correctionId: NOBODY },
    body: {},
    answer: nowhere('benefits.correction_unknown'),
  }),
  'POST /api/counties/:county/corrections/:correctionId/reject': () => ({
    path: { correctionId: NOBODY },
    body: { why: '依据不足' },
    answer: nowhere('benefits.correction_unknown'),
  }),
  'POST /api/counties/:county/awards/:awardId/opening': () => ({
    path: { awardId: NOBODY },
    body: { reason: '旧系统有误' },
    answer: nowhere('benefits.award_not_imported'),
  }),
}
