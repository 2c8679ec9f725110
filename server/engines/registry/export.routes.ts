import { exported, type ExportList } from '../../platform/export-list.ts'
import { exportPeople } from './export.schema.ts'
import { PEOPLE_COLUMNS } from './export.rules.ts'
import { peopleFound } from './person.routes.ts'

/** What was looked for may be an identity number: it stands in no audit row. */
export const registryExports: readonly ExportList[] = [
  exported({
    contract: exportPeople,
    query: peopleFound,
    rows: ({ people }) => people,
    next: ({ next }) => next,
    columns: PEOPLE_COLUMNS,
  }),
]
