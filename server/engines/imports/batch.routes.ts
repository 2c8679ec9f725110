import type { z } from 'zod'
import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, workRoute, type Route } from '../../platform/route.ts'
import { batchCommands, LOAD, uploadImport } from './batch.actions.ts'
import { listBatches, listToldRows } from './batch.db.ts'
import { batchOf, headsOf, pageOfFaults, showImport } from './batch-view.actions.ts'
import * as view from './batch-view.schema.ts'
import { faultsFile } from './faults-file.actions.ts'
import type { KindBook } from './kind.rules.ts'
import { templateQuery } from './template.actions.ts'

const READ = 'imports.batch.read'

function listed(kinds: KindBook) {
  return query({
    event: 'imports.batch.listed',
    permission: READ,
    run: async (ctx: Ctx, { after, limit }: z.output<typeof view.listImportsEndpoint.input>) => {
      const rows = await listBatches(ctx.tx, ctx.county, { after, limit: limit + 1 })
      const page = rows.slice(0, limit)
      const { permissions } = ctx.actor
      const own = [...kinds.values()].filter((kind) =>
        kind.permissions.every((each) => permissions.has(each)),
      )
      return {
        imports: await headsOf(ctx, kinds, page),
        next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
        kinds: permissions.has(LOAD) ? own.map(({ key, title, note }) => ({ key, title, note })) : [],
      }
    },
    subject: (_, { imports }) => ({ imports: imports.length }),
  })
}

interface One {
  county: string
  importId: string
}

function shown(kinds: KindBook) {
  return query({
    event: 'imports.batch.shown',
    permission: READ,
    run: async (ctx: Ctx, { importId }: One) => showImport(ctx, kinds, await batchOf(ctx, importId)),
    subject: ({ importId }) => ({ importId }),
  })
}

function faultsListed(kinds: KindBook) {
  return query({
    event: 'imports.fault.listed',
    permission: READ,
    run: async (ctx: Ctx, input: z.output<typeof view.listImportFaultsEndpoint.input>) => {
      const { importId, code, after, limit } = input
      const batch = await batchOf(ctx, importId)
      const mark = after === undefined ? undefined : markOf(after)
      return pageOfFaults(ctx, kinds.get(batch.kind), { batchId: importId, code, after: mark, limit })
    },
    subject: ({ importId, code }, { faults }) => ({ importId, code: code ?? null, faults: faults.length }),
  })
}

function markOf(text: string): { rowNo: number; id: string } {
  const [row = '', id = ''] = text.split('.')
  return { rowNo: Number(row), id }
}

function rowsListed(kinds: KindBook) {
  return query({
    event: 'imports.row.listed',
    permission: READ,
    run: async (ctx: Ctx, input: z.output<typeof view.listImportRowsEndpoint.input>) => {
      const { importId, status, after, limit } = input
      const { kind } = await batchOf(ctx, importId)
      const found = await listToldRows(ctx.tx, ctx.county, {
        batchId: importId,
        status,
        after,
        limit: limit + 1,
      })
      const rows = found.slice(0, limit)
      const ids = rows.flatMap(({ subjectId }) => subjectId ?? [])
      const states = status === 'loaded' ? await kinds.get(kind)?.proposals?.states(ctx, ids) : undefined
      return {
        rows: rows.map(({ rowNo, subjectId, why }) => {
          const proposal = states?.get(subjectId ?? '')
          return { row: rowNo, subjectId, what: proposal?.what ?? null, why: why ?? proposal?.state ?? '' }
        }),
        next: found.length > limit ? (rows.at(-1)?.rowNo ?? null) : null,
      }
    },
    subject: ({ importId, status }, { rows }) => ({ importId, status, rows: rows.length }),
  })
}

/** Every address of lists that are loaded. */
export function importRoutes(kinds: KindBook): readonly Route[] {
  const commands = batchCommands(kinds)
  return [
    queryRoute(view.listImportsEndpoint, listed(kinds)),
    queryRoute(view.getImportEndpoint, shown(kinds)),
    queryRoute(view.listImportFaultsEndpoint, faultsListed(kinds)),
    queryRoute(view.listImportRowsEndpoint, rowsListed(kinds)),
    workRoute(view.uploadImportEndpoint, LOAD, (deps, call, { kind, fileName, base64 }) =>
      uploadImport(deps, kinds, { ...call, file: { kind, fileName, bytes: Buffer.from(base64, 'base64') } }),
    ),
    commandRoute(view.checkImportEndpoint, commands.askCheck),
    commandRoute(view.loadImportEndpoint, commands.askLoad),
    commandRoute(view.signImportEndpoint, commands.signBatch),
    commandRoute(view.undoImportEndpoint, commands.askUndo),
    queryRoute(view.downloadTemplateEndpoint, templateQuery(kinds)),
    workRoute(view.downloadFaultsEndpoint, LOAD, (deps, call, input) => faultsFile(deps, { ...call, input })),
  ]
}
