import { fullInstant, isPlainDate, type Instant } from '../platform/dates.ts'
import { UsageError } from './cli.ts'

const MOMENT =
  /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?$/

/** What an operator writes: in the time of China where no zone is given. */
export function momentOf(text: string): Instant {
  const [, date, hour, minute, second = '00', fraction = '', zone = '+08:00'] = MOMENT.exec(text) ?? []
  if (!isPlainDate(date))
    throw new UsageError(
      '--at 应为如 "2026-03-01 09:30:00" 的时刻（北京时间），或带时区如 2026-03-01T01:30:00Z',
    )
  const at = Date.parse(`${date}T${hour}:${minute}:${second}${zoneOf(zone)}`)
  return fullInstant(new Date(at).toISOString().replace(/\.\d+Z$/, `.${fraction.padEnd(6, '0')}Z`))
}

function zoneOf(zone: string): string {
  if (zone === 'Z') return zone
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
}

/** In the time of China, to the second. */
export function momentText(at: Instant): string {
  return new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
}
