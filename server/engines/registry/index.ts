/**
 * Who lives where, with whom, since when, and what is known about them.
 *
 * area         place with history; merged and renamed ones keep their rows
 * person       identity only; birth, death, place are facts
 * fact         something true of a person on the days [from, to)
 * household    people who live together as one unit; members are dated
 * account      where money for a person or an organisation goes from a day on
 * alias        a record that turned out to be a second one of the same human being
 *
 * record       what somebody entered; its row has id = rootId
 * successor    what is left of a record after another displaced part of it: a new row, same rootId
 * known        recorded and not superseded; "as known at a cut" asks the same of an earlier instant
 * undone       a record that no longer counts: its successor is voided and what lay beneath shows again
 * current town and village   today's codes on every row, read by row-level security; their history is in the facts
 */
export { changeAreasCommand, recordAreas, type AreaRewriter, type AreasChanged } from './area.actions.ts'
export { areaNames, listAreaHistory, listAreas, type AreaMove, type AreaRow } from './area.db.ts'
export { areaFault, faultText, type AreaFault, type AreaStretch } from './area-in-force.rules.ts'
export { normaliseAccount } from './account.rules.ts'
export { normalisePhone } from './person.rules.ts'
export { withdrawHouseholds, withdrawPeople, type Kept, type Withdrawal } from './withdraw.actions.ts'
export {
  recordAccounts,
  openAccountNumber,
  findAccountHolders,
  type AccountsRecorded,
} from './account.actions.ts'
export { accountsAsKnown, currentAccounts, type HeldAccount } from './account.db.ts'
export { mergePeople, unmergePeople } from './alias.actions.ts'
export { aliasesAsKnown, currentAliases } from './alias.db.ts'
export {
  recordFacts,
  recordFactsCommand,
  undoFact,
  undoFactCommand,
  type LifeEventHandler,
  type LifeEventHooks,
} from './fact.actions.ts'
export { currentFacts, factsAsKnown, type Fact, type FactFilter } from './fact.db.ts'
export { FACT_KINDS, type FactKind } from './fact.schema.ts'
export { addMember, createHouseholds, endMember, splitHousehold } from './household.actions.ts'
export {
  findHeadName,
  householdsOfPeople,
  listHouseholds,
  listHouseholdsPage,
  listMemberships,
  membersAsKnown,
  membersOn,
  type Household,
  type Member,
} from './household.db.ts'
export { registerOrganisations } from './organisation.actions.ts'
export { findOrganisations, listOrganisations, type Organisation } from './organisation.db.ts'
export {
  checkDuplicate,
  maskedPerson,
  openIdNumber,
  openPhone,
  registerPeople,
  registerPeopleCommand,
  revealIdentity,
  sealedIdentity,
  type MaskedPerson,
  type PeopleRegistered,
} from './person.actions.ts'
export { registryExports } from './export.routes.ts'
export { personRoutes } from './person.routes.ts'
export { personFileRoutes } from './person-file.routes.ts'
export {
  MONEY_PERMISSION,
  type CashQuestion,
  type FileQuestion,
  type PersonFileParts,
} from './person-file.actions.ts'
export { factText, factTitle, relationKey } from './file-text.rules.ts'
export { listFileFacts, type FileFact } from './person-file.db.ts'
export { recordLooks } from './look.actions.ts'
export { countPeople, getPerson, listPeople, listPeoplePage, type Person } from './person.db.ts'
export { phoneTails } from './phone-tail.actions.ts'
export { requireAreasInForce, type InputPlace } from './place.actions.ts'
export { requirePlace, requireWholeCounty, type Place } from './place.rules.ts'
export { findOnFile, findPeople, type FoundPeople, type FoundPerson, type OnFile } from './search.actions.ts'
export { dayAt, overlaps, type DateRange, type Span } from './timeline.rules.ts'
