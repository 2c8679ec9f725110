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
