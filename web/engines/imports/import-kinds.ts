import type { ImportShown } from '../../../server/engines/imports/batch-view.schema.ts'

/** One and the same mistake in several columns is one kind: the rows are chosen by it. */
export function kindsOf(faults: ImportShown['faults']) {
  return [...new Set(faults.map(({ code }) => code))].map((code) => {
    const same = faults.filter((fault) => fault.code === code)
    return {
      ...{ code, title: same[0]?.title ?? '' },
      columns: same.map(({ column }) => column),
      count: same.reduce((sum, fault) => sum + fault.count, 0),
    }
  })
}
