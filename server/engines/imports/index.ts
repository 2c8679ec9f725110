/**
 * Lists that the bureau has as files: read, checked row by row, loaded by the commands of the engines, and undone.
 *
 * kind      what a list is of (people, households, the old system's list, decisions); says how a row is read, checked, loaded, undone
 * batch     one uploaded file of one kind, and how far it has come: uploaded, checked, loaded, undone
 * unit      rows that are loaded and undone together (a household)
 * fault     what is wrong with a row, in which column, why, and what to do; FAULTS is the one table of them
 * known     a row that is on file already, from an earlier upload or by hand; nothing is done
 * held      a row that is right, of a unit that has a wrong one
 * kept      a row that an undoing had to leave, because something was built upon it
 */
export { importRoutes } from './batch.routes.ts'
export { importJobs } from './batch.jobs.ts'
export { rewriteImportPlaces } from './batch.db.ts'
export type { DecisionForm, MadeContent, Said, SaidField, SaidOf } from './decision-form.rules.ts'
export { decisionsKind } from './decisions.actions.ts'
export { FAULTS, faultTitle, type FaultCode } from './fault.rules.ts'
export { holdsKind, type HoldStore } from './holds.actions.ts'
export { householdsKind } from './households.actions.ts'
export { importFile, type ImportedFile } from './import-file.actions.ts'
export { asKind, type ImportKind, type KindBook, type UseFinder } from './kind.rules.ts'
export { oldListKind, type OldListStore, type OldPayment } from './old-list.actions.ts'
export { peopleKind } from './people.actions.ts'
export { rollsKind } from './rolls.actions.ts'
