/** What a notice of the State Council says, as far as it can be read out of its text. */
export interface NoticeDays {
  /** 国办发明电〔2020〕27号; undefined where the text names none. */
  number: string | undefined
  holidays: string[]
  makeupWorkdays: string[]
  /** What was read and cannot be entered, in words for whoever typed it. */
  problems: string[]
}

const NUMBER = /国办\p{Script=Han}{1,8}〔\d{4}〕\d{1,4}号/u
const ONE = '(?:(\\d{4})年)?(\\d{1,2})月(\\d{1,2})日'
const ASIDE = '(?:[（(][^）)]*[）)])?'
const UNTIL = `(?:[至到—-](?:(?:(\\d{4})年)?(\\d{1,2})月)?(\\d{1,2})日)?`
const DAY_MS = 86_400_000
const MOST_DAYS = 20

/**
 * “2月11日至17日放假调休，共7天。2月7日（星期日）、2月20日（星期六）上班。” A clause that says 放假 gives its days off, one that says 上班
 * its days of work; what stands before them belongs to them.
 */
export function readNotice(text: string, year: number): NoticeDays {
  const holidays = new Set<string>()
  const makeupWorkdays = new Set<string>()
  const problems: string[] = []
  for (const clause of clausesOf(text)) {
    const kind = /放假/.test(clause) ? holidays : /上班/.test(clause) ? makeupWorkdays : undefined
    for (const day of kind ? daysIn(clause, year, problems) : []) kind?.add(day)
  }
  const both = [...holidays].filter((day) => makeupWorkdays.has(day))
  for (const day of both) problems.push(`${day} 同时写了放假和上班`)
  for (const day of makeupWorkdays)
    if (![0, 6].includes(new Date(day).getUTCDay())) problems.push(`${day} 不是周末，不能列为上班`)
  return {
    number: NUMBER.exec(text.replace(/\s/g, ''))?.[0],
    holidays: [...holidays].sort(),
    makeupWorkdays: [...makeupWorkdays].sort(),
    problems,
  }
}

/** A comma divides too, but for one inside brackets. */
function clausesOf(text: string): string[] {
  return text.replace(/\s/g, '').split(/[。；;，,](?![^（(]*[）)])/)
}

function daysIn(clause: string, year: number, problems: string[]): string[] {
  const days: string[] = []
  for (const match of clause.matchAll(new RegExp(`${ONE}${ASIDE}${UNTIL}`, 'g'))) {
    const [shown, ownYear, month, day, lastYear, lastMonth, lastDay] = match
    const first = at(Number(ownYear ?? year), Number(month), Number(day))
    const last =
      lastDay === undefined
        ? first
        : at(Number(lastYear ?? ownYear ?? year), Number(lastMonth ?? month), Number(lastDay))
    if (first === undefined || last === undefined || last < first || last - first > MOST_DAYS * DAY_MS) {
      problems.push(`“${shown}”读不懂`)
      continue
    }
    for (let each = first; each <= last; each += DAY_MS) {
      const text = new Date(each).toISOString().slice(0, 10)
      if (text.startsWith(`${year}-`)) days.push(text)
      else problems.push(`${text} 不在 ${year} 年，请在它自己的年份里更正`)
    }
  }
  return days
}

/** Undefined: there is no such day. */
function at(year: number, month: number, day: number): number | undefined {
  const time = Date.UTC(year, month - 1, day)
  const made = new Date(time)
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day ? time : undefined
}
