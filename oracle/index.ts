/**
 * The oracle: a second, slow and obvious reading of the rules, used only by tests.
 *
 * award — a household or person entitled to one programme; determination — a dated decision about it;
 * line — signed obligation of one award and month, written by a run; cut — what a run knew;
 * instruction — one payment; claim — money paid beyond the obligation.
 */
export * from './types.ts'
export * from './calendar.ts'
export * from './entitlement.ts'
export * from './ledger.ts'
export * from './replay.ts'
export * from './comparison.ts'
export * from './deadlines.ts'
export * from './stacking.ts'
export { findRate, MissingRateError, rateFen, settingValue } from './rates.ts'
export type { RateQuestion } from './rates.ts'
