import { z } from 'zod'

/** Column of the sheet, from 0, by key of the field. */
export const ColumnMap = z.record(z.string().max(40), z.number().int().min(0).max(99))

export const StartImport = z.strictObject({
  kind: z.string().max(40),
  fileName: z.string().trim().min(1).max(200),
  digest: z.string(),
})

export const CheckImport = z.strictObject({
  importId: z.uuid(),
  columns: ColumnMap,
  /** First day of accounts and memberships; absent = today. */
  on: z.iso.date().optional(),
  bankCode: z.string().trim().max(20).optional(),
})
export type CheckImport = z.infer<typeof CheckImport>

export const OneImport = z.strictObject({ importId: z.uuid() })
export type OneImport = z.infer<typeof OneImport>

export const UndoImport = OneImport.extend({ why: z.string().trim().min(2, '请写明撤销原因').max(200) })
export type UndoImport = z.infer<typeof UndoImport>
