/** The composition: which domains exist, and how the engines' plain values are handed to each other. */
import { socialAssistance } from './domains/social-assistance/index.ts'
import * as benefits from './engines/benefits/index.ts'
import * as funds from './engines/funds/index.ts'
import * as golive from './engines/golive/index.ts'
import * as imports from './engines/imports/index.ts'
import * as registry from './engines/registry/index.ts'
import { lifeEvents } from './life-events.ts'
import { command, type Ctx } from './platform/command.ts'
import { lookSafekeeping } from './safekeeping.ts'

export const programs = benefits.programBook([...socialAssistance.programs])
export const figureSets = [...socialAssistance.figures]
/** What lists can be loaded, and what may have been built upon what they entered. */
export const importKinds: imports.KindBook = new Map(
  [
    imports.asKind(imports.peopleKind),
    imports.asKind(imports.householdsKind),
    imports.asKind(imports.rollsKind(programs, socialAssistance.words)),
    imports.asKind(imports.oldListKind(programs, socialAssistance.words, golive.oldListStore)),
    imports.asKind(imports.holdsKind(programs, socialAssistance.words, funds.holdStore)),
    imports.asKind(imports.decisionsKind(programs, socialAssistance.words, socialAssistance.decisionForm)),
  ].map((kind) => [kind.key, kind]),
)
export const importUses: readonly imports.UseFinder[] = [
  benefits.usedInBenefits,
  funds.usedInFunds,
  socialAssistance.uses,
  golive.usedInGolive,
]

/** All commands of the benefits engine with the cash ledger's hooks, for our programmes or (bench) for more of them. */
export function benefitsCommands(hooks: benefits.RunHooks, book: benefits.ProgramBook = programs) {
  const runCommands = benefits.runCommands(book, hooks)
  return {
    ...benefits.awardCommands(book),
    ...benefits.takeoverCommands(book),
    ...benefits.determinationCommands(book),
    ...runCommands,
    ...benefits.runRequestCommands(runCommands),
  }
}

/** A recorded fact, then what it sets off (life-events.ts), in one transaction. */
const recordFacts = command({
  ...registry.recordFacts,
  run: async (ctx: Ctx, input) => {
    const recorded = await registry.recordFacts.run(ctx, input)
    for (const { kind, personId, from } of input.facts) {
      for (const handler of lifeEvents[kind] ?? []) await handler(ctx, { personId, on: from })
    }
    return recorded
  },
})

const {
  addMember,
  createHouseholds,
  endMember,
  mergePeople,
  recordAccounts,
  recordAreas,
  registerOrganisations,
  registerPeople,
  splitHousehold,
  undoFact,
  unmergePeople,
} = registry

export const commands = {
  ...benefitsCommands(funds.fundsHooks),
  loadPolicy: benefits.loadPolicy,
  publishPolicy: benefits.publishPolicy,
  withdrawPolicy: benefits.withdrawPolicy,
  explainOpening: benefits.explainOpening,
  answerFinding: benefits.answerFinding,
  ...{
    proposeCorrection: benefits.proposeCorrection,
    decideCorrection: benefits.decideCorrection,
    rejectCorrection: benefits.rejectCorrection,
  },
  ...{ addMember, createHouseholds, endMember, mergePeople, recordAccounts, recordAreas, recordFacts },
  ...{ registerOrganisations, registerPeople, splitHousehold, undoFact, unmergePeople },
  ...{
    setHold: funds.setHold,
    liftHold: funds.liftHold,
    createBudget: funds.createBudget,
    raiseBudget: funds.raiseBudget,
  },
  ...{
    createBatch: funds.createBatch,
    approveBatch: funds.approveBatch,
    cancelBatch: funds.cancelBatch,
    answerUnknown: funds.answerUnknown,
  },
  ...{ decideClaim: funds.decideClaim, addReceipt: funds.addReceipt, offsetClaim: funds.offsetClaim },
  ...{ proposeWriteOff: funds.proposeWriteOff, answerWriteOff: funds.answerWriteOff },
  changeAreas: registry.changeAreasCommand([
    benefits.rewriteBenefitPlaces,
    funds.rewriteFundsPlaces,
    socialAssistance.rewritePlaces,
    imports.rewriteImportPlaces,
    golive.rewriteGolivePlaces,
  ]),
  ...golive.projectCommands(programs, lookSafekeeping),
  ...golive.compareCommands(programs),
  ...socialAssistance.commands,
}
