import { z } from 'zod'
import { County, endpoint } from './endpoint.schema.ts'

const DateText = z.iso.date('请填写如 2026-03-01 的日期')
const Kind = z.enum(['holiday', 'makeup_workday'])

export const listCalendarYearsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/calendar',
  title: '已录入的年份，和系统里的今天',
  input: z.object({ county: County }),
  output: z.object({
    today: DateText,
    years: z.array(
      z.object({
        year: z.number().int(),
        /** Null: came with the product. */
        enteredBy: z.string().nullable(),
        enteredAt: z.string().nullable(),
        may: z.object({ undo: z.boolean(), reason: z.string().nullable() }),
      }),
    ),
  }),
})

export const enterYearEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/calendar/years',
  title: '按国务院办公厅的通知录入一年的放假和补班',
  input: z.object({
    county: County,
    year: z.number().int(),
    /** Of the notice: 国办发明电〔2020〕27号. */
    number: z.string(),
    holidays: z.array(DateText).max(80),
    makeupWorkdays: z.array(DateText).max(40),
  }),
  output: z.object({
    year: z.number().int(),
    basis: z.string(),
    /** January first. */
    workingDays: z.array(z.number().int()).length(12),
  }),
})

export const undoYearEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/calendar/years/:year/undo',
  title: '撤回录入的一年，在它开始以前',
  input: z.object({ county: County, year: z.coerce.number().int().min(2000).max(2999), why: z.string() }),
  output: z.object({ year: z.number().int() }),
})

export const getCalendarEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/calendar/:year',
  title: '一年的工作日历：放假、补班及其依据',
  input: z.object({ county: County, year: z.coerce.number().int().min(2000).max(2999) }),
  output: z.object({
    year: z.number().int(),
    /** The yearly notice. */
    basis: z.string(),
    /** Days that differ from the plain week. */
    days: z.array(z.object({ day: DateText, kind: Kind, title: z.string() })),
    /** January first. */
    workingDays: z.array(z.number().int()).length(12),
    /** Corrections after the notice, the oldest first. */
    changes: z.array(
      z.object({
        day: DateText,
        title: z.string(),
        basis: z.string(),
        changedBy: z.string().nullable(),
        recordedAt: z.string(),
      }),
    ),
  }),
})

export const changeDayEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/calendar/days/:day',
  title: '按通知更正一天：放假、补班，或恢复为平常的日子',
  input: z.object({
    county: County,
    day: DateText,
    kind: z.enum(['holiday', 'makeup_workday', 'plain']),
    basis: z.string(),
  }),
  output: z.object({ day: DateText, isWorkingDay: z.boolean() }),
})
