import { z } from 'zod'
import { County, endpoint, FileAnswer, MOST_NUMBER } from '../../platform/endpoint.schema.ts'
import { CheckImport, UndoImport } from './batch.schema.ts'

const Kind = z.object({ key: z.string(), title: z.string(), note: z.string() })
const Field = z.object({ key: z.string(), title: z.string(), isRequired: z.boolean() })
const Status = z.enum(['uploaded', 'checking', 'checked', 'loading', 'loaded', 'undoing', 'undone'])

/** Rows by what became of them; they add up to `rows` once the file is checked. */
const Counts = z.object({
  ready: z.number().int(),
  wrong: z.number().int(),
  /** Right, but another row of the household is not. */
  held: z.number().int(),
  known: z.number().int(),
  loaded: z.number().int(),
  /** Not undone: something was built upon them. */
  kept: z.number().int(),
  undone: z.number().int(),
})
export type ImportCounts = z.infer<typeof Counts>

const Head = z.object({
  id: z.uuid(),
  kind: z.string(),
  kindTitle: z.string(),
  fileName: z.string(),
  status: Status,
  rows: z.number().int(),
  counts: Counts,
  madeBy: z.string(),
  madeAt: z.string(),
  townName: z.string().nullable(),
})
export type ImportHead = z.infer<typeof Head>

const One = z.object({ county: County, importId: z.uuid() })

export const listImportsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/imports',
  title: '名册导入的各批',
  input: z.object({
    county: County,
    after: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(100).default(30),
  }),
  output: z.object({
    imports: z.array(Head),
    next: z.string().nullable(),
    /** What the asker may load. */
    kinds: z.array(Kind),
  }),
})

export const uploadImportEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/imports',
  title: '上传名册（xlsx 或 csv），猜出各列',
  input: z.object({
    county: County,
    kind: z.string().min(1).max(40),
    fileName: z.string().trim().min(1).max(200),
    base64: z.base64('文件内容应为 base64').min(4),
  }),
  output: z.object({ importId: z.uuid() }),
  mostBytes: 28 * 2 ** 20,
})

export const getImportEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/imports/:importId',
  title: '一批名册：各列、进度、结果、可办步骤',
  input: One,
  output: z.object({
    batch: Head,
    fields: z.array(Field),
    headers: z.array(z.string()),
    headerRow: z.number().int(),
    columns: z.record(z.string(), z.number().int()),
    options: z.object({ on: z.string().nullable(), bankCode: z.string() }),
    /** Of the step under way. */
    progress: z.object({ done: z.number().int(), of: z.number().int() }),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    faults: z.array(
      z.object({ code: z.string(), column: z.string(), title: z.string(), count: z.number().int() }),
    ),
    undone: z.object({ why: z.string(), at: z.string().nullable() }).nullable(),
    /** Null where loading is enough; else who signed, or nobody yet. */
    signing: z
      .object({ by: z.string().nullable(), at: z.string().nullable(), summary: z.string() })
      .nullable(),
    /** Null where rows are loaded as such; else what became of the proposals that were made of them. */
    proposals: z
      .object({ waiting: z.number().int(), effective: z.number().int(), gone: z.number().int() })
      .nullable(),
    may: z.object({
      check: z.boolean(),
      load: z.boolean(),
      undo: z.boolean(),
      sign: z.boolean(),
      download: z.boolean(),
    }),
  }),
})
export type ImportShown = z.infer<typeof getImportEndpoint.output>

export const listImportFaultsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/imports/:importId/faults',
  title: '需改正的行：哪一行、哪一列、为什么、怎么办',
  input: One.extend({
    code: z.string().max(60).optional(),
    after: z
      .string()
      .regex(/^\d{1,7}\.[0-9a-f-]{36}$/, '翻页标记不对，请从第一页重新查看')
      .optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  output: z.object({
    faults: z.array(
      z.object({
        row: z.number().int(),
        /** Column of the sheet, from 1; 0 = the row as a whole. */
        place: z.number().int(),
        column: z.string(),
        code: z.string(),
        /** As typed; numbers of people masked. */
        value: z.string(),
        reason: z.string(),
        remedy: z.string(),
      }),
    ),
    next: z.string().nullable(),
  }),
})

export const listImportRowsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/imports/:importId/rows',
  title: '已在册跳过的行、撤销时保留的行，或提出的各份认定到了哪一步',
  input: One.extend({
    /** `loaded`: of a list of proposals, how far each has come. */
    status: z.enum(['known', 'kept', 'loaded']),
    after: z.coerce.number().int().min(0).max(MOST_NUMBER).default(0),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  output: z.object({
    rows: z.array(
      z.object({
        row: z.number().int(),
        subjectId: z.uuid().nullable(),
        /** What a proposal is about; null of anything else. */
        what: z.string().nullable(),
        /** Why nothing was done; of a proposal, how far it has come. */
        why: z.string(),
      }),
    ),
    next: z.number().int().nullable(),
  }),
})

const asked = z.object({ importId: z.uuid(), status: Status })

export const checkImportEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/imports/:importId/check',
  title: '按选定的列检查：提交后台办理',
  input: One.extend({
    columns: CheckImport.shape.columns,
    on: CheckImport.shape.on,
    bankCode: CheckImport.shape.bankCode,
  }),
  output: asked,
})

export const loadImportEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/imports/:importId/load',
  title: '载入有效行：提交后台办理',
  input: One,
  output: asked,
})

export const signImportEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/imports/:importId/sign',
  title: '由第二人签字，清单正式进入台账',
  input: One,
  output: asked,
})

export const undoImportEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/imports/:importId/undo',
  title: '撤销本批：提交后台办理',
  input: One.extend({ why: UndoImport.shape.why }),
  output: asked,
})

export const downloadTemplateEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/import-templates/:kind',
  title: '一种名册的空白模板（xlsx），附每列怎么填',
  input: z.object({ county: County, kind: z.string().min(1).max(40) }),
  output: FileAnswer,
})

export const downloadFaultsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/imports/:importId/faults-file',
  title: '需改正的行，原样加上“错误”“怎么办”两列（xlsx）',
  input: One,
  output: FileAnswer,
})
