import type { Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import type {
  AwardInput,
  AwardLooked,
  Due,
  Finding,
  RunContext,
  SpanInput,
  UndoneAct,
} from './run-input.rules.ts'

/** The first month is compared with the last one the old system paid; a difference must be explained before approval. */
export function checkOpening(
  award: AwardInput,
  {
    month,
    dueFen,
    span,
    findings,
  }: { month: Month; dueFen: Fen; span: SpanInput | undefined; findings: Finding[] },
): void {
  if (month !== award.opensMonth || award.lastPaidFen === null || award.lastPaidFen === dueFen) return
  // A decision made here since the take-over (a change, an end) is the explanation; the imported one cannot explain itself.
  const isDecidedHere = span !== undefined && span.kind !== 'initial'
  const detail = {
    lastPaidMonth: award.lastPaidMonth,
    lastPaidFen: award.lastPaidFen,
    dueFen,
    determination: isDecidedHere ? span.determinationId : null,
  }
  findings.push({
    kind: 'opening_difference',
    blocks: !isDecidedHere,
    awardId: award.id,
    forMonth: month,
    detail,
  })
}

/** Whoever was due last month and is not now must show why; without a reason the run cannot be approved (continuity guard). */
export function stopFinding(
  award: AwardInput,
  { current, look, ctx }: { current: Due; look: AwardLooked; ctx: RunContext },
): Finding {
  const reason = stopReason(award, { current, look, ctx })
  const kind = reason === undefined ? 'continuity' : 'stopped'
  const detail = { reason: reason ?? null, determination: current.span?.determinationId ?? null }
  return { kind, blocks: reason === undefined, awardId: award.id, forMonth: ctx.month, detail }
}

function stopReason(
  award: AwardInput,
  { current, look, ctx }: { current: Due; look: AwardLooked; ctx: RunContext },
): string | undefined {
  const { month, previousMonth } = ctx
  if (current.span?.outcome === 'end') return 'ended'
  if (current.assessed?.zeroBecause) return current.assessed.zeroBecause
  if (current.span) return undefined
  // Undone in its last planned month: what was last month is taken back, and nothing was to come after it.
  const covers = (act: UndoneAct, at: Month) => act.from <= at && (act.to === null || at < act.to)
  if (look.undone.some((act) => covers(act, month) || covers(act, previousMonth))) return 'undone'
  const planned = award.spans.some((span) => span.to !== null && span.to <= month && span.outcome === 'grant')
  return planned ? 'planned_end' : undefined
}
