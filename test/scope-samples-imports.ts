import type { TestDb } from './db.ts'
import { isWhole, type Asked, type Sample, type Samples } from './scope-samples.ts'
import type { PlantedCounty } from './scope-world.ts'

/** Lines of the addresses of lists: one list of each town, and one of the county. */

const HERE = '/api/counties/:county/imports'
const idOf = (area: string) => `00000000-0000-4000-8000-${area.padStart(12, '0')}`

export async function plantImports(db: TestDb, { county, towns, maker }: PlantedCounty): Promise<void> {
  for (const area of [county, ...towns]) {
    const town = area === county ? null : area
    const of = [county, idOf(area), town]
    await db.pool.query(
      `insert into imports.batch (county, id, kind, file_name, digest, header_row, headers, row_count, columns, options, status,
                                  town, made_by, made_at)
       values ($1, $2, 'people', '名册.csv', repeat('0', 64), 1, '["姓名"]', 1, '{"fullName":0}', '{}', 'loading', $3, $4, now())`,
      [...of, maker.id],
    )
    await db.pool.query(
      `insert into imports.batch_row (county, batch_id, row_no, unit, status, why, town) values ($1, $2, 3, 3, 'known', '已在册', $3)`,
      of,
    )
    await db.pool.query(
      `insert into imports.fault (county, id, batch_id, row_no, place, column_title, code, reason, remedy, town)
       values ($1, $2, $2, 2, 1, '姓名', 'name_missing', '没有填写姓名', '请补填姓名', $3)`,
      of,
    )
  }
}

/** The list of the person's town is the town's and the county's; somebody of one village alone does not see it. */
function ofTown({ of, scope, person }: Asked, seen: Sample['answer'], rest: Partial<Sample> = {}): Sample {
  const isSeen = scope.some((code) => code === of.county || code === person.town)
  return {
    ...{ path: { importId: idOf(person.town) }, ...rest },
    answer: isSeen ? seen : { status: 404, code: 'imports.batch_unknown' },
  }
}

/** It is being loaded: nothing else can be done to it meanwhile. */
const busy = { status: 409, code: 'imports.batch_state' }

export const IMPORT_SAMPLES: Samples = {
  [`GET ${HERE}`]: (asked) => ({
    path: {},
    query: 'limit=100',
    answer: {
      status: 200,
      ids: [
        ...asked.of.towns.filter((town) => isWhole(asked) || asked.scope.includes(town)).map(idOf),
        ...(isWhole(asked) ? [idOf(asked.of.county)] : []),
      ].toSorted(),
    },
    idsOf: (body) => (body as { imports: { id: string }[] }).imports.map(({ id }) => id).toSorted(),
  }),
  [`POST ${HERE}`]: () => ({
    path: {},
    body: { kind: 'ghosts', fileName: 'a.csv', base64: 'eA==' },
    answer: { status: 422, code: 'imports.kind_unknown' },
  }),
  [`GET ${HERE}/:importId`]: (asked) =>
    ofTown(
      asked,
      { status: 200, ids: [idOf(asked.person.town)] },
      {
        idsOf: (body) => [(body as { batch: { id: string } }).batch.id],
      },
    ),
  [`GET ${HERE}/:importId/faults`]: (asked) =>
    ofTown(
      asked,
      { status: 200, ids: ['name_missing'] },
      {
        idsOf: (body) => (body as { faults: { code: string }[] }).faults.map(({ code }) => code),
      },
    ),
  [`GET ${HERE}/:importId/rows`]: (asked) =>
    ofTown(
      asked,
      { status: 200, ids: [3] },
      {
        query: 'status=known',
        idsOf: (body) => (body as { rows: { row: number }[] }).rows.map(({ row }) => row),
      },
    ),
  'GET /api/counties/:county/import-templates/:kind': () => ({
    path: { kind: 'ghosts' },
    answer: { status: 422, code: 'imports.kind_unknown' },
  }),
  [`GET ${HERE}/:importId/faults-file`]: (asked) =>
    ofTown(asked, { status: 403, code: 'imports.not_the_maker' }),
  [`POST ${HERE}/:importId/check`]: (asked) => ofTown(asked, busy, { body: { columns: { fullName: 0 } } }),
  [`POST ${HERE}/:importId/load`]: (asked) => ofTown(asked, busy, { body: {} }),
  // Of people nobody signs a list.
  [`POST ${HERE}/:importId/sign`]: (asked) =>
    ofTown(asked, { status: 409, code: 'imports.not_to_sign' }, { body: {} }),
  [`POST ${HERE}/:importId/undo`]: (asked) => ofTown(asked, busy, { body: { why: '范围测试' } }),
}
