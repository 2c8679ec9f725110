import { z } from 'zod'

export const AREA_LEVELS = [
  'nation',
  'province',
  'city',
  'county',
  'township',
  'village',
  'community',
  'service_station',
  'village_group',
] as const
export const AreaLevel = z.enum(AREA_LEVELS)
export type AreaLevel = z.infer<typeof AreaLevel>

/** GB/T 2260 and GB/T 10114 with the three-digit village code: 2, 4, 6, 9 or 12 digits; `00` is the nation. */
export const AreaCode = z
  .string()
  .regex(/^\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?$/, '区划代码应为2、4、6、9或12位数字')
export const TownCode = z.string().regex(/^\d{9}$/, '乡镇（街道）代码应为9位数字')
export const VillageCode = z.string().regex(/^\d{12}$/, '村（社区）代码应为12位数字')

export const Area = z.strictObject({
  code: AreaCode,
  name: z.string().trim().min(1).max(60),
  level: AreaLevel,
  parent: AreaCode.nullable(),
})
export type Area = z.infer<typeof Area>

export const RecordAreas = z.strictObject({
  areas: z
    .array(
      Area.extend({
        /** First day; absent = before anything this system knows. */
        from: z.iso.date().nullable().default(null),
      }),
    )
    .min(1)
    .max(1000),
})
export type RecordAreas = z.infer<typeof RecordAreas>

export const ChangeAreas = z.strictObject({
  /** First day of the new order. */
  on: z.iso.date(),
  end: z.array(AreaCode).max(5000),
  begin: z.array(Area).max(5000),
  /** Old village → the village that its residents belong to from that day. */
  moves: z.record(VillageCode, VillageCode),
})
export type ChangeAreas = z.infer<typeof ChangeAreas>
