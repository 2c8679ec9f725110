/** What the histories must have reached; a counter that stays at 0 means that the generator no longer tests it. */
export const REACHED = {
  undoneDeathAfterRecovery: 'ending undone after a death was undone, its recovery not collected',
  returnThenRunBeforeReissue: 'returned, then a run published, then issued again',
  lateSuccessAfterReissue: 'late success of the bank after the line was issued again',
  destituteBackdated: '低保 → 特困 backdated, claims laid on what replaces them',
  twoHouseholdsSplit: 'two households split',
  raiseAfterLeaving: 'raise recorded after the household left, its arrears written',
  recoveryDecided: 'recovery of a lowered rate or corrected fact written after the decision',
  runsPublished: 'runs published',
  runsRejected: 'runs rejected',
  runsCancelled: 'runs cancelled',
  fullRuns: 'full runs published',
  batchesFiled: 'batches filed',
  batchesCancelled: 'batches cancelled',
  returned: 'payments returned',
  unknownAnswered: 'unknown payments answered',
  held: 'lines kept out of a batch by a hold',
  claims: 'claims opened',
  receipts: 'receipts',
  writeOffs: 'write-offs',
  offsets: 'offsets by consent',
  replacementOffsets: 'offsets by replacement',
  merges: 'people merged',
  imported: 'awards imported',
  continuityStops: 'runs stopped by the continuity guard',
  plannedEnds: 'decisions made with their end',
  undone: 'determinations undone',
  birthsCorrected: 'births corrected where ages count',
  refused: 'commands refused',
  refusedUnchanged: 'refusals compared with the rows before',
  replayed: 'published runs replayed',
} as const

export type Counter = keyof typeof REACHED
export type Counts = Record<Counter, number>

export function zeroCounts(): Counts {
  return Object.fromEntries(Object.keys(REACHED).map((key) => [key, 0])) as Counts
}

export function countsAsText(counts: Counts): string {
  const rows = Object.entries(REACHED).map(
    ([key, title]) => `${String(counts[key as Counter]).padStart(6)}  ${title}`,
  )
  return rows.join('\n')
}
