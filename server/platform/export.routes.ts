import { openExport } from './export.actions.ts'
import type { ExportList, PlaceNames } from './export-list.ts'
import { printEndpoint, RELEASE_PERMISSION, type ExportFormat, type ReleasePurpose } from './export.schema.ts'
import { recordPrint } from './release.actions.ts'
import { commandRoute, type Route } from './route.ts'

interface Asked {
  county: string
  format: ExportFormat
  purpose?: ReleasePurpose | undefined
}

function exportRoute(list: ExportList, places: PlaceNames): Route {
  return {
    endpoint: list.contract,
    permission: list.permission,
    also: [RELEASE_PERMISSION],
    isRelease: true,
    answer: (deps, { actor, requestId }, { format, purpose, ...filter }: Asked) =>
      openExport(
        deps,
        { actor, county: filter.county, requestId },
        { list, filter, format, purpose, places },
      ),
  }
}

/** An address for each list that may leave as a file, and one for the pages that leave on paper. */
export function releaseRoutes(lists: readonly ExportList[], places: PlaceNames): readonly Route[] {
  return [
    ...lists.map((list) => exportRoute(list, places)),
    { ...commandRoute(printEndpoint, recordPrint), isRelease: true },
  ]
}
