import { randomUUID } from 'node:crypto'
import { execute, read, type Call, type Deps } from '../../platform/command.ts'
import { conflict } from '../../platform/errors.ts'
import type { JobHandlers } from '../../platform/jobs.ts'
import { batchCommands, IMPORT_JOB, uploadImport, type UploadedFile } from './batch.actions.ts'
import { batchOf, pageOfFaults, showImport } from './batch-view.actions.ts'
import type { ImportCounts } from './batch-view.schema.ts'
import type { KindBook } from './kind.rules.ts'

export interface ImportedFile {
  importId: string
  counts: ImportCounts
  faults: { row: number; column: string; reason: string; remedy: string }[]
}

const MOST_TOLD = 500

/** Upload, check and load in one go, with the columns as guessed: for the command line, which waits for the end of each step. */
export async function importFile(
  deps: Deps,
  { kinds, jobs, ...call }: Call & { kinds: KindBook; jobs: JobHandlers },
  { on, bankCode, ...file }: UploadedFile & { on: string; bankCode: string },
): Promise<ImportedFile> {
  const { askCheck, askLoad } = batchCommands(kinds)
  const keyed = () => ({ ...call, idempotencyKey: randomUUID() })
  const { importId } = await uploadImport(deps, kinds, { ...keyed(), file })
  const shown = () => read(deps, call, async (ctx) => showImport(ctx, kinds, await batchOf(ctx, importId)))
  const carryOut = (step: string) =>
    jobs[IMPORT_JOB]?.(deps, { county: call.county, importId, step }, { isLast: true })
  const { columns } = await shown()
  await execute(deps, askCheck, { ...keyed(), input: { importId, columns, on, bankCode } })
  await carryOut('check')
  if ((await shown()).batch.counts.ready > 0) {
    await execute(deps, askLoad, { ...keyed(), input: { importId } })
    await carryOut('load')
  }
  const { batch, failure } = await shown()
  if (failure) throw conflict(failure.code, failure.message)
  const page = { batchId: importId, limit: MOST_TOLD }
  const { faults } = await read(deps, call, (ctx) => pageOfFaults(ctx, kinds.get(file.kind), page))
  return { importId, counts: batch.counts, faults }
}
