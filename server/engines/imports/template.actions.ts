import ExcelJS from 'exceljs'
import type { Ctx } from '../../platform/command.ts'
import type { FileAnswer } from '../../platform/endpoint.schema.ts'
import { query } from '../../platform/query.ts'
import { LOAD, requireKind } from './batch.actions.ts'
import { choicesOf, type SaidField } from './decision-form.rules.ts'
import type { KindBook } from './kind.rules.ts'

/** An empty list of a kind: the headers that are found by themselves, and on a second sheet how each column is filled in. */
export function templateQuery(kinds: KindBook) {
  return query({
    event: 'imports.template.downloaded',
    permission: LOAD,
    run: async (ctx: Ctx, { kind: key }: { county: string; kind: string }): Promise<FileAnswer> => {
      const { title, fields } = requireKind(ctx, kinds.get(key))
      return { name: `${title}名册模板.xlsx`, bytes: await templateOf(fields) }
    },
    subject: ({ kind }) => ({ kind }),
  })
}

async function templateOf(fields: readonly SaidField[]): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('名册', { views: [{ state: 'frozen', ySplit: 1 }] })
  // Text, so that the program that opens it does not take a long number for an amount.
  sheet.columns = fields.map(() => ({ width: 20, style: { numFmt: '@' } }))
  sheet.addRow(fields.map(({ title, isRequired }) => (isRequired ? `${title}（必填）` : title)))
  sheet.getRow(1).font = { bold: true }
  const notes = book.addWorksheet('怎么填')
  notes.columns = [{ width: 20 }, { width: 10 }, { width: 90 }]
  notes.addRow(['列', '必填', '怎么填'])
  notes.addRows(fields.map((field) => [field.title, field.isRequired ? '是' : '', noteOf(field)]))
  notes.getRow(1).font = { bold: true }
  return new Uint8Array(await book.xlsx.writeBuffer())
}

function noteOf(field: SaidField): string {
  return [field.note ?? '', field.choices ? `可填：${choicesOf(field)}` : ''].filter(Boolean).join('。')
}
