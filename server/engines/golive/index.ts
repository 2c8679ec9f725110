/**
 * A bureau moves in from its old system.
 *
 * project        which programmes, and the month from which this system computes and pays
 * opening month  the first month of the ledger; benefits keeps it and refuses whatever lies before it
 * old list       what the old system paid whom in a month: only compared with, never a benefit
 * check          one kind of dirt, with what to do; its number opens its rows
 * comparison     the old list against the computed opening month, one line for each holder and programme
 * reason         why a line differs: proved by a rule to the fen, or said by a person
 * digest         of all lines as they stand; two people sign the same one
 * item           what has to be so before the old system is left: found by the system, or said by a person
 * live           both signatures and all items: runs of the opening month may be approved
 */
export type { Safekeeping } from './check-item.rules.ts'
export { compareCommands } from './compare.actions.ts'
export { goliveExports } from './export.routes.ts'
export { goliveRoutes } from './golive.routes.ts'
export { oldListStore } from './old-list.actions.ts'
export { rewriteGolivePlaces } from './old-list.db.ts'
export { projectCommands } from './project.actions.ts'
export { usedInGolive } from './use.actions.ts'
