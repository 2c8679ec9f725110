import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import { MonthText as Month } from '../benefits/award.schema.ts'
import { RunStatus } from '../benefits/run-view.schema.ts'
import {
  CompareState,
  ExplainLines,
  GiveUpProject,
  OneProject,
  ProjectStatus,
  QualityCheck,
  Reason,
  SignProject,
  StartProject,
  TickItem,
} from './project.schema.ts'

const Fen = z.number().int()
const Count = z.number().int()
const InCounty = z.object({ county: County })
const One = InCounty.extend(OneProject.shape)
const HERE = '/api/counties/:county/go-lives'

const Hand = z.object({ name: z.string().nullable(), at: z.string() }).nullable()

const Project = z.object({
  id: z.uuid(),
  openingMonth: Month,
  listMonth: Month,
  programTitles: z.array(z.string()),
  status: ProjectStatus,
  started: Hand,
  compared: Hand,
  first: Hand,
  second: Hand,
  live: Hand,
  givenUp: Hand,
  givenUpWhy: z.string().nullable(),
})
export type GoLive = z.infer<typeof Project>

/** What may be chosen when moving in: programmes that one run computes together. */
const Group = z.object({ key: z.string(), programTitles: z.array(z.string()) })

export const listGoLivesEndpoint = endpoint({
  method: 'GET',
  path: HERE,
  title: '本县的上线项目，近的在前',
  input: InCounty,
  output: z.object({
    projects: z.array(Project),
    groups: z.array(Group),
    may: z.object({ start: z.boolean() }),
  }),
})

const Sum = z.object({
  state: CompareState,
  stateTitle: z.string(),
  reason: Reason.nullable(),
  reasonTitle: z.string().nullable(),
  isByRule: z.boolean(),
  lines: Count,
  oldFen: Fen,
  newFen: Fen,
  deltaFen: Fen,
})

const Item = z.object({
  key: z.string(),
  title: z.string(),
  text: z.string(),
  isByHand: z.boolean(),
  isDone: z.boolean(),
  doneBy: z.string().nullable(),
  doneAt: z.string().nullable(),
  note: z.string().nullable(),
  /** When what the system found came about; null = it is so now. */
  seenAt: z.string().nullable(),
})
export type GoLiveItem = z.infer<typeof Item>

export const getGoLiveEndpoint = endpoint({
  method: 'GET',
  path: `${HERE}/:projectId`,
  title: '一个上线项目：载入了什么，对照结果，上线清单，签认',
  input: One,
  output: z.object({
    project: Project,
    /** What has come over so far. */
    loaded: z.object({
      people: Count,
      households: Count,
      takeovers: Count,
      unsigned: Count,
      determined: Count,
      accounts: Count,
      holds: Count,
      oldLines: Count,
      oldFen: Fen,
    }),
    /** Runs of the opening month. */
    runs: z.array(z.object({ no: Count, status: RunStatus })),
    sums: z.array(Sum),
    unexplained: z.object({ lines: Count, fen: Fen }),
    /** Of the lines as they stand: what a signature names. */
    digest: z.string().nullable(),
    items: z.array(Item),
    reasons: z.array(z.object({ key: Reason, title: z.string(), note: z.string() })),
    may: z.object({
      compare: z.boolean(),
      explain: z.boolean(),
      tick: z.boolean(),
      sign: z.boolean(),
      unsign: z.boolean(),
      open: z.boolean(),
      giveUp: z.boolean(),
    }),
  }),
})
export type GoLiveShown = z.infer<typeof getGoLiveEndpoint.output>

const Check = z.object({
  key: z.string(),
  title: z.string(),
  remedy: z.string(),
  level: z.enum(['stop', 'look']),
  count: Count,
})
export type GoLiveCheck = z.infer<typeof Check>

export const countGoLiveQualityEndpoint = endpoint({
  method: 'GET',
  path: `${HERE}/:projectId/quality`,
  title: '数据质量：每一类问题各有多少',
  input: One,
  output: z.object({ checks: z.array(Check) }),
})

const Paged = { after: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }

const QualityRow = z.object({
  /** Made of what the row is about where that is more than one thing. */
  id: z.guid(),
  personId: z.uuid().nullable(),
  fullName: z.string().nullable(),
  householdId: z.uuid().nullable(),
  awardId: z.uuid().nullable(),
  importId: z.uuid().nullable(),
  /** Of the uploaded file. */
  rowNo: Count.nullable(),
  programTitle: z.string().nullable(),
  text: z.string(),
  town: z.string().nullable(),
  village: z.string().nullable(),
  townName: z.string().nullable(),
  villageName: z.string().nullable(),
})
export type GoLiveQualityRow = z.infer<typeof QualityRow>

export const listGoLiveQualityEndpoint = endpoint({
  method: 'GET',
  path: `${HERE}/:projectId/quality/:check`,
  title: '一类数据质量问题的名单',
  input: One.extend({ check: QualityCheck, ...Paged, after: z.guid().optional() }),
  output: z.object({
    check: Check.omit({ count: true }),
    rows: z.array(QualityRow),
    next: z.string().nullable(),
  }),
})

const Line = z.object({
  id: z.uuid(),
  program: z.string(),
  programTitle: z.string(),
  awardId: z.uuid().nullable(),
  personId: z.uuid().nullable(),
  fullName: z.string().nullable(),
  oldFen: Fen.nullable(),
  arrearsFen: Fen.nullable(),
  newFen: Fen.nullable(),
  deltaFen: Fen,
  state: CompareState,
  stateTitle: z.string(),
  reason: Reason.nullable(),
  reasonTitle: z.string().nullable(),
  /** Which rule found it, or what a person wrote and who. */
  how: z.string().nullable(),
  explainedBy: z.string().nullable(),
  town: z.string().nullable(),
  village: z.string().nullable(),
  townName: z.string().nullable(),
  villageName: z.string().nullable(),
})
export type GoLiveLine = z.infer<typeof Line>

export const listGoLiveLinesEndpoint = endpoint({
  method: 'GET',
  path: `${HERE}/:projectId/lines`,
  title: '并行对照的各行',
  input: One.extend({
    state: CompareState.optional(),
    reason: z.union([Reason, z.literal('none')]).optional(),
    ...Paged,
  }),
  output: z.object({ lines: z.array(Line), next: z.string().nullable() }),
})

export const startGoLiveEndpoint = endpoint({
  method: 'POST',
  path: HERE,
  title: '立一个上线项目：从哪个月起由本系统核算',
  input: InCounty.extend(StartProject.shape),
  output: z.object({ projectId: z.uuid() }),
})

const Moved = z.object({ projectId: z.uuid(), status: ProjectStatus })

export const giveUpGoLiveEndpoint = endpoint({
  method: 'POST',
  path: `${HERE}/:projectId/give-up`,
  title: '放弃上线项目：开账月不再有效，已导入的不变',
  input: InCounty.extend(GiveUpProject.shape),
  output: Moved,
})

export const compareGoLiveEndpoint = endpoint({
  method: 'POST',
  path: `${HERE}/:projectId/compare`,
  title: '对照：旧名单与试算逐行比较，规则先说明',
  input: One,
  output: z.object({ projectId: z.uuid(), lines: Count, unexplainedLines: Count }),
})

export const explainGoLiveEndpoint = endpoint({
  method: 'POST',
  path: `${HERE}/:projectId/explain`,
  title: '说明差额：逐行，或同一类没有说明的一起',
  input: InCounty.extend(ExplainLines.shape),
  output: z.object({ projectId: z.uuid(), lines: Count }),
})

export const tickGoLiveEndpoint = endpoint({
  method: 'POST',
  path: `${HERE}/:projectId/items`,
  title: '上线清单的一项：办好了，或又没有',
  input: InCounty.extend(TickItem.shape),
  output: z.object({ projectId: z.uuid(), item: z.string(), isDone: z.boolean() }),
})

export const signGoLiveEndpoint = endpoint({
  method: 'POST',
  path: `${HERE}/:projectId/sign`,
  title: '签认对照，两人各签一次',
  input: InCounty.extend(SignProject.shape),
  output: Moved,
})

export const unsignGoLiveEndpoint = endpoint({
  method: 'POST',
  path: `${HERE}/:projectId/unsign`,
  title: '撤回签认，重新对照',
  input: InCounty.extend(GiveUpProject.shape),
  output: Moved,
})

export const openGoLiveEndpoint = endpoint({
  method: 'POST',
  path: `${HERE}/:projectId/open`,
  title: '切换：从开账月起由本系统核算、发放',
  input: One,
  output: Moved.extend({ explained: Count }),
})
