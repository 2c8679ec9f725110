import { isWhole, mayHave, type Asked, type Sample, type Samples } from './scope-samples.ts'
import { projectOf } from './scope-samples-golive.ts'
import { readCsv } from './sheets.ts'

/** Lines of the addresses that take lists out of the office: the same people as on the list's own address, in a file. */

const HERE = '/api/counties/:county'
const CSV = { format: 'csv', purpose: 'check_work' }

/** What stands in one column of a file. */
function columnOf(title: string): NonNullable<Sample['idsOf']> {
  return (body) => {
    const { titles, rows } = readCsv(Buffer.from(String(body)))
    return rows.map((row) => String(row[titles.indexOf(title)])).toSorted()
  }
}

const awardsOf = ({ of }: Asked) => of.people.map(({ awardId }) => awardId).toSorted()
const outside = { status: 403, code: 'platform.outside_scope' }
const noRun = { status: 404, code: 'benefits.run_unknown' }
const seen = ({ of, scope }: Asked) => of.people.filter((each) => mayHave(scope, of.county, each))

function exportOf(
  list: string,
  sample: (asked: Asked) => { body?: object; column?: string; answer: Sample['answer'] },
): Samples {
  return {
    [`POST ${HERE}/exports/${list}`]: (asked) => {
      const { body, column, answer } = sample(asked)
      return { path: {}, body: { ...CSV, ...body }, answer, ...(column ? { idsOf: columnOf(column) } : {}) }
    },
  }
}

export const RELEASE_SAMPLES: Samples = {
  'GET /api/counties/:county/runs/:runNo/sheet': (asked) => ({
    path: { runNo: '1' },
    answer: isWhole(asked) ? { status: 200, ids: [...asked.of.towns] } : noRun,
    idsOf: (body) => (body as { rows: { town: string }[] }).rows.map(({ town }) => town),
  }),
  [`POST ${HERE}/prints`]: () => ({ path: {}, body: { page: '/runs/1' }, answer: { status: 200 } }),
  ...exportOf('run-lines', (asked) => ({
    body: { runNo: 1 },
    column: '待遇编号',
    answer: isWhole(asked) ? { status: 200, ids: awardsOf(asked) } : noRun,
  })),
  ...exportOf('run-changes', (asked) => ({
    body: { runNo: 1 },
    column: '待遇编号',
    answer: isWhole(asked) ? { status: 200, ids: awardsOf(asked) } : noRun,
  })),
  ...exportOf('run-sample', (asked) => ({
    body: { runNo: 1 },
    column: '待遇编号',
    answer: isWhole(asked) ? { status: 200, ids: awardsOf(asked) } : noRun,
  })),
  ...exportOf('determinations', (asked) => ({
    column: '保障人员',
    answer: {
      status: 200,
      ids: seen(asked)
        .map(({ name }) => name)
        .toSorted(),
    },
  })),
  ...exportOf('standards', () => ({
    column: '哪一级',
    answer: { status: 200, ids: ['本县', '本县', '本县'] },
  })),
  ...exportOf('instructions', (asked) => ({
    body: { batchNo: 1 },
    column: '收款人',
    answer: isWhole(asked)
      ? { status: 200, ids: asked.of.people.map(({ name }) => name).toSorted() }
      : { status: 404, code: 'funds.batch_unknown' },
  })),
  // This test sets other holds, on one person after the other: only the planted one on the first award is asked for.
  ...exportOf('holds', ({ of, scope }) => {
    const [first] = of.people
    const mayRead = first !== undefined && mayHave(scope, of.county, first)
    return {
      body: { awardId: first?.awardId },
      column: '姓名',
      answer: { status: 200, ids: first && mayRead ? [first.name] : [] },
    }
  }),
  ...exportOf('claims', ({ of, scope }) => ({
    column: '待遇编号',
    answer: {
      status: 200,
      ids: of.people
        .filter((person, index) => index % 2 === 1 && mayHave(scope, of.county, person))
        .map(({ awardId }) => awardId)
        .toSorted(),
    },
  })),
  ...exportOf('people', ({ of, scope, person }) => ({
    body: { text: person.name },
    column: '档案编号',
    answer: { status: 200, ids: mayHave(scope, of.county, person) ? [person.id] : [] },
  })),
  ...exportOf('figures', (asked) => ({
    body: { month: asked.of.month },
    answer: isWhole(asked) ? { status: 200 } : outside,
  })),
  ...exportOf('figure-people', (asked) => ({
    body: { indicator: '农村低保人数', month: asked.of.month },
    column: '待遇编号',
    answer: isWhole(asked) ? { status: 200, ids: awardsOf(asked) } : outside,
  })),
  ...exportOf('go-live-quality', (asked) => ({
    body: { projectId: projectOf(asked.of), check: 'dead_on_file' },
    column: '姓名',
    answer: isWhole(asked) ? { status: 200, ids: [] } : outside,
  })),
  ...exportOf('go-live-lines', (asked) => ({
    body: { projectId: projectOf(asked.of) },
    column: '待遇编号',
    answer: isWhole(asked) ? { status: 200, ids: awardsOf(asked) } : outside,
  })),
  ...exportOf('audit', (asked) => ({
    body: { event: 'benefits.run.published' },
    column: '做了什么',
    // Two months of each county; the other county's are not seen.
    answer: isWhole(asked) ? { status: 200, ids: ['发布核算', '发布核算'] } : outside,
  })),
}
