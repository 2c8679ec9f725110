import type { Ctx } from '../../platform/command.ts'
import { conflict } from '../../platform/errors.ts'
import {
  awardCommands,
  KIND_TITLES,
  countStates,
  listStates,
  makingCommands,
  withdrawDeterminations,
  type ProgramBook,
} from '../benefits/index.ts'
import { takeTurns } from './batch.db.ts'
import type { DecisionForm } from './decision-form.rules.ts'
import { judgedRows, type Proposed } from './decisions-judged.actions.ts'
import { readDecisions, type DecisionRow, type DecisionWords } from './decisions.rules.ts'
import { DECISION_FIELDS } from './field.rules.ts'
import type { Checked, CheckOptions, Done, ImportKind, LoadOptions, ProposalCounts } from './kind.rules.ts'

/** Rows of one transaction: a command takes no more. */
const AT_ONCE = 500

/** Decisions as a section has them on a list: each row becomes a proposal of whoever loads it, checked by somebody else as any other. */
export function decisionsKind(
  programs: ProgramBook,
  words: Readonly<Record<string, string>>,
  form: DecisionForm,
): ImportKind<DecisionRow> {
  const { openAwards } = awardCommands(programs)
  const { makeDeterminations } = makingCommands(programs)
  const titles = new Map([...programs.values()].map(({ key, title }) => [key, title]))
  const keys = new Map([
    ...[...titles].map(([key, title]) => [title, key] as const),
    ...Object.entries(words),
  ])
  const fields = [...DECISION_FIELDS, ...form.fields]
  const known: DecisionWords = { keys, titles, form, fields }
  return {
    key: 'decisions',
    title: '认定',
    note: '每行一份认定：姓名、证件号码、项目、新增/变更/终止、起始月份、内容、原因、依据；载入后由另一人复核',
    fields,
    permissions: [openAwards.permission, makeDeterminations.permission],
    atOnce: AT_ONCE,
    read: (sheet, at) => readDecisions(sheet, at, known),
    check: (ctx, rows, options) => checkDecisions(ctx, rows, { programs, known, options }),
    load: async (ctx, rows, options) => {
      await takeTurns(ctx.tx, ctx.county)
      const { proposed, done } = await soundRows(ctx, rows, { programs, known, options })
      const opened = proposed.filter(({ isNew }) => isNew).map(awardOf)
      if (opened.length > 0) await openAwards.run(ctx, { awards: opened })
      const determinations = proposed.map(proposalOf)
      if (determinations.length > 0) await makeDeterminations.run(ctx, { determinations })
      for (const { row, id } of proposed) done.set(row.row, { subjectId: id, why: null })
      return done
    },
    undo: withdrawDeterminations,
    proposals: {
      count: async ({ tx, county }, ids) => countsOf(await countStates(tx, county, ids)),
      states: async ({ tx, county }, ids) => {
        const states = await listStates(tx, county, ids)
        return new Map(
          states.map(({ id, status, program, kind, fromMonth }) => [
            id,
            {
              what: `${titles.get(program) ?? program} ${KIND_TITLES[kind]} ${fromMonth} 起`,
              state: STATES[status],
            },
          ]),
        )
      },
    },
  }
}

const STATES = { proposed: '待复核', effective: '已生效', refused: '已退回或撤回', undone: '已撤销' } as const

function countsOf(states: readonly { status: keyof typeof STATES; count: number }[]): ProposalCounts {
  const of = (...wanted: (keyof typeof STATES)[]) =>
    states.reduce((sum, { status, count }) => (wanted.includes(status) ? sum + count : sum), 0)
  return { waiting: of('proposed'), effective: of('effective'), gone: of('refused', 'undone') }
}

interface Known {
  programs: ProgramBook
  known: DecisionWords
}

async function checkDecisions(
  ctx: Ctx,
  rows: readonly DecisionRow[],
  { options, ...of }: Known & { options: CheckOptions },
): Promise<Checked> {
  const { columns, seen } = options
  const { faults, known } = await judgedRows(ctx, rows, { ...of, columns, seen })
  return { faults, known }
}

/** As they stand now; what was changed between check and load is refused, and said. */
async function soundRows(
  ctx: Ctx,
  rows: readonly DecisionRow[],
  { options, ...of }: Known & { options: LoadOptions },
): Promise<{ proposed: readonly Proposed[]; done: Map<number, Done> }> {
  const { columns } = options
  const { proposed, faults, known } = await judgedRows(ctx, rows, { ...of, columns, seen: new Map() })
  const [fault] = faults
  if (!fault) return { proposed, done: new Map(known) }
  throw conflict('imports.decision_changed', `检查之后情况有变：${fault.reason}。${fault.remedy}。`, {
    row: fault.row,
  })
}

function awardOf({ row, holder, draft }: Proposed) {
  const { kind, id, town, village } = holder
  return {
    ...{ id: draft.awardId, program: row.program, holderKind: kind, holderId: id, town, village },
    ledgerOpensMonth: row.from,
  }
}

function proposalOf({ id, draft }: Proposed) {
  const { awardId, kind, outcome, from, to, cause, clause, content } = draft
  return { id, awardId, kind, outcome, from, to, cause, clause, content }
}
