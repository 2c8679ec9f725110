import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'

/** A person as lists show them: numbers masked. */
const PersonInList = z.object({
  id: z.uuid(),
  fullName: z.string(),
  sex: z.enum(['male', 'female']).nullable(),
  idNumber: z.string().nullable(),
  phone: z.string().nullable(),
  town: z.string().nullable(),
  village: z.string().nullable(),
  /** Town and village by name. */
  place: z.string().nullable(),
})
export type PersonInList = z.infer<typeof PersonInList>

/** A search text may be an identity number: it travels in the body, never in an address that is logged. */
export const findPeopleEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/people/search',
  title: '找人：姓名、两个字、拼音首字母、证件号码、电话、号码后四位；可再加乡镇、村',
  input: z.object({
    county: County,
    text: z.string().trim().min(1, '请输入要找的姓名、证件或电话').max(60),
    limit: z.number().int().min(1).max(100).default(20),
    after: z.uuid().optional(),
  }),
  output: z.object({
    by: z.enum(['name', 'id_number', 'id_tail', 'phone']),
    people: z.array(PersonInList),
    next: z.string().nullable(),
  }),
})
