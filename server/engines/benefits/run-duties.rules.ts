import { forbidden } from '../../platform/errors.ts'

interface Hands {
  startedBy: string
  checkedBy: string | null
}

/** Who started a run does not check it (architecture.md §2). */
export function mayCheck({ startedBy }: Hands, actorId: string): boolean {
  return startedBy !== actorId
}

/** Who started or checked a run does not approve it. */
export function mayApprove({ startedBy, checkedBy }: Hands, actorId: string): boolean {
  return startedBy !== actorId && checkedBy !== actorId
}

/** Who started a run does not take back its publication. */
export function mayCancel({ startedBy }: Hands, actorId: string): boolean {
  return startedBy !== actorId
}

export function requireMayCancel(run: Hands, actorId: string): void {
  if (mayCancel(run, actorId)) return
  throw forbidden('benefits.maker_is_checker', '发起核算的人不能撤销已发布的核算，请由负责人办理。')
}
