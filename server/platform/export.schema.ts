import { z } from 'zod'
import { County, endpoint, StreamAnswer, type Endpoint } from './endpoint.schema.ts'

/** Lists that leave the office as files, and pages that leave it on paper. */

export const EXPORT_FORMATS = { xlsx: 'Excel 表格', csv: 'CSV 文本' } as const
export const ExportFormat = z.enum(Object.keys(EXPORT_FORMATS) as (keyof typeof EXPORT_FORMATS)[])
export type ExportFormat = z.infer<typeof ExportFormat>

export const RELEASE_PURPOSES = {
  check_work: '核对业务',
  report_up: '报送上级或财政',
  for_audit: '配合审计检查',
  for_archive: '归档',
} as const
export const ReleasePurpose = z.enum(Object.keys(RELEASE_PURPOSES) as (keyof typeof RELEASE_PURPOSES)[])
export type ReleasePurpose = z.infer<typeof ReleasePurpose>

/** Under its header the browser learns the number under which an export stands in the audit trail. */
export const EXPORT_NUMBER_HEADER = 'x-minben-release'

/** Whoever may read a list needs this as well to take it out. */
export const RELEASE_PERMISSION = 'platform.release.make'

const Asked = { format: ExportFormat, purpose: ReleasePurpose.optional() }

export interface ExportContract<Input extends z.ZodObject = z.ZodObject> extends Endpoint<
  Input,
  typeof StreamAnswer
> {
  list: string
  listTitle: string
  /** Names people: why it is taken out must be said. */
  isPersonal: boolean
}

interface Exportable<Shape extends z.ZodRawShape> {
  list: string
  listTitle: string
  isPersonal: boolean
  /** What narrows the list, as on its own address but without paging. */
  filter: z.ZodObject<Shape>
}

/** The address that gives a whole list as a file. The filter travels in the body: it may be an identity number. */
export function exportEndpoint<Shape extends z.ZodRawShape>({
  list,
  listTitle,
  isPersonal,
  filter,
}: Exportable<Shape>) {
  const input = filter.extend(Asked)
  const address = endpoint({
    method: 'POST',
    path: `/api/counties/:county/exports/${list}`,
    title: `导出${listTitle}`,
    input,
    output: StreamAnswer,
  })
  return { ...address, list, listTitle, isPersonal }
}

/** A page of the office by its address: ids and numbers, nothing else. */
const PageAddress = z
  .string()
  .max(200)
  .regex(/^\/[a-z-]*(\/[a-z0-9-]+)*\/?$/, '页面地址不对，请刷新后再打印')

export const printEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/prints',
  title: '打印一页：登记编号、打印人和时间，印在每一页上',
  input: z.object({ county: County, page: PageAddress }),
  output: z.object({ no: z.number().int(), mark: z.string() }),
})
