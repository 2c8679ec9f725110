import { conflict, notFound } from '../../platform/errors.ts'
import type { RunRow, RunStatus } from './run.db.ts'

export function requireKnown(run: RunRow | undefined, runNo: number): RunRow {
  if (run) return run
  throw notFound('benefits.run_unknown', `没有第 ${runNo} 次核算，或不在您的管辖范围内。请从核算列表进入。`)
}

export function requireStatus(
  found: RunRow | undefined,
  runNo: number,
  statuses: readonly RunStatus[],
): RunRow {
  const run = requireKnown(found, runNo)
  if (statuses.includes(run.status)) return run
  throw conflict('benefits.run_state', `第 ${runNo} 次核算现在的状态不允许这一步，请刷新后查看。`, {
    status: run.status,
    needed: statuses,
  })
}
