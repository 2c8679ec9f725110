/** The composition: which domains exist, and how the engines' plain values are handed to each other. */
import { socialAssistance } from './domains/social-assistance/index.ts'
import { awardCommands, determinationCommands, programBook, runCommands, type RunHooks } from './engines/benefits/index.ts'

export const programs = programBook([...socialAssistance.programs])

/** All commands of the benefits engine for our programmes, with the cash ledger's hooks. */
export function benefitsCommands(hooks: RunHooks) {
  return { ...awardCommands(programs), ...determinationCommands(programs), ...runCommands(programs, hooks) }
}
