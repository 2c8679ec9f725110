import { query } from '../../platform/query.ts'
import { queryRoute, type Route } from '../../platform/route.ts'
import { listRunsEndpoint } from './run-list.schema.ts'
import { listRuns } from './run.db.ts'

const listed = query({
  event: 'benefits.run.listed',
  permission: 'benefits.run.read',
  run: async ({ tx }, { county, month }: { county: string; month?: string | undefined }) => {
    const rows = await listRuns(tx, county, month === undefined ? {} : { month })
    const runs = rows.map(
      ({ programGroup, no, month, status, isFull, cut, publishedAt, lines, totalFen }) => ({
        ...{ no, group: programGroup, month, status, isFull, cut, publishedAt, lines, totalFen },
      }),
    )
    return { runs: runs.reverse() }
  },
  subject: (_, { runs }) => ({ runs: runs.length }),
})

export const runRoutes: readonly Route[] = [queryRoute(listRunsEndpoint, listed)]
