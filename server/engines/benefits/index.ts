/**
 * Benefits: dated law, awards, determinations, the obligation ledger.
 *
 * award          entitlement of a household or person to one programme
 * takeover       the old system's list, proposed by one person; its awards come on file when another signs it
 * determination  a human decision: what the award gives in [from, to); proposed by one person, in effect when another checked it
 * span           the determination in force in a stretch of months, as known (determinations folded in recording order)
 * run            one computation of a programme group and month with a knowledge cut; writes signed obligation lines
 * line           signed amount for an award and month; counts when its run is published and not cancelled
 * request        a step of a run that bypasses row-level security, asked for by a person and carried out by a job
 * correction     why recoveries that no determination decided may be written; proposed by one person, decided by another
 * touched        months that something recorded since the last published run may have changed
 */
export { awardCommands, explainOpening } from './award.actions.ts'
export { decideCorrection, proposeCorrection, rejectCorrection } from './correction.actions.ts'
export { correctionRoutes } from './correction.routes.ts'
export { listCorrections, type CorrectionRow } from './correction.db.ts'
export { determinationCommands } from './determination.actions.ts'
export {
  judgeDrafts,
  standingAwards,
  type Draft,
  type Judged,
  type StandingAward,
} from './determination-judge.actions.ts'
export { makingCommands, withdrawDeterminations } from './determination-make.actions.ts'
export { KIND_TITLES } from './determination-view.rules.ts'
export { countStates, listStates, type StandingDecision } from './determination-queue.db.ts'
export { benefitsExports } from './export.routes.ts'
export { determinationRoutes } from './determination.routes.ts'
export { duesAround, type DueAround } from './due-around.actions.ts'
export { benefitsInbox } from './inbox.actions.ts'
export { dropLedger, openLedger, planLedger } from './ledger-opening.actions.ts'
export { listOpeningMonths } from './ledger-opening.db.ts'
export { loadPolicy, publishPolicy, withdrawPolicy } from './policy.actions.ts'
export { isLawSteady } from './run-law.rules.ts'
export { listBasis, listLaw, listLawAsKnown } from './policy.db.ts'
export { readPolicy } from './policy.rules.ts'
export { explainLine, type LineDetail, type ObligationLine } from './line.rules.ts'
export {
  asProgram,
  programBook,
  programsOfGroup,
  type Assessed,
  type AutomaticFacts,
  type EligibilityQuestion,
  type ExplainedLine,
  type Payee,
  type Program,
  type ProgramBook,
  type SettingForm,
  type Stated,
  type Step,
  type WhatIf,
} from './programs.rules.ts'
export {
  percentOf,
  areaChain,
  rateBook,
  whenKeyOf,
  type RateRow,
  type RatesOf,
  type SettingRow,
  type UsedRate,
} from './rates.rules.ts'
export { standardRoutes } from './standard.routes.ts'
export { awardEvents, awardsInFile } from './award-file.actions.ts'
export { awardRoutes, type AwardCash } from './award.routes.ts'
export { runRoutes } from './run.routes.ts'
export { answerFinding, runCommands, type PublishedStep, type RunHooks } from './run.actions.ts'
export { titleOf } from './run-blocker.rules.ts'
export { runRequestCommands } from './run-request.actions.ts'
export { runJobs } from './run-request.jobs.ts'
export type { RunFunds } from './run-shown.actions.ts'
export {
  findRun,
  listFindings,
  listOpenBlockers,
  listRuns,
  type FindingRow,
  type RunRow,
  type RunStatus,
} from './run.db.ts'
export { computeRun, explainReading, replayRun, type ComputedRun, type Replay } from './run.jobs.ts'
export { openReviews, rewriteBenefitPlaces } from './review.db.ts'
export { usedInBenefits } from './award-use.actions.ts'
export { listCoveredFrom, listHeldAwards, listUnsignedAwards, type HeldAward } from './award-use.db.ts'
export { takeoverCommands } from './takeover.actions.ts'
export { takeoverRoutes } from './takeover.routes.ts'
export { listTakeoverAwards, listTakeovers, type TakeoverAward, type TakeoverRow } from './takeover.db.ts'
export type { RunSummary } from './run-summary.rules.ts'
