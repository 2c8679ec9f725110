import type { Instant } from '../../platform/dates.ts'
import type { RecordedFact, MemberDeed, OtherDeed } from './person-file.db.ts'
import { factText, factTitle, relationTitle } from './file-text.rules.ts'
import type { SeenLook } from './look.db.ts'
import type { FileEvent, FileEventKind } from './person-file.schema.ts'
import { overlaps, type DateRange } from './timeline.rules.ts'

/** What happened, from the records of those who did it: the timeline of a file. */

export function factEvents(deeds: readonly RecordedFact[], nameOf: (code: string) => string): FileEvent[] {
  return deeds.map(({ id, rootId, kind, value, source, from, to, isUndoing, recordedAt, recordedBy }) => {
    const says = `${factText({ kind, value }, nameOf)}，自 ${from} 起${to === null ? '' : `至 ${to} 前`}`
    return {
      ...{ id: `fact:${id}`, kind: 'fact', at: recordedAt, fen: null, by: recordedBy },
      title: isUndoing ? `撤销记录：${factTitle(kind)}` : `记录：${factTitle(kind)}`,
      text: isUndoing ? `不再算数：${says}。原因：${source}。` : `${says}。来源：${source}。`,
      source: { kind: 'fact', id: rootId },
    }
  })
}

/** Own joining and leaving, and that of others while one lived with them. */
export function memberEvents(deeds: readonly MemberDeed[], selfIds: readonly string[]): FileEvent[] {
  const own: readonly DateRange[] = deeds.filter(({ personId }) => selfIds.includes(personId))
  const seen = deeds.filter(
    (deed) => selfIds.includes(deed.personId) || own.some((range) => overlaps(range, deed)),
  )
  return seen.map((deed) => {
    const { id, personId, fullName, relation, reason, from, to, isUndoing, recordedAt, recordedBy } = deed
    const who = selfIds.includes(personId) ? '' : `${fullName ?? '外乡镇人员'}：`
    const isLeaving = id !== deed.rootId && !isUndoing
    const why = reason === null ? '' : `原因：${reason}。`
    return {
      ...{ id: `member:${id}`, kind: 'household', at: recordedAt, fen: null, by: recordedBy },
      title: isUndoing ? '撤销加入家庭' : isLeaving ? '退出家庭' : '加入家庭',
      text: isLeaving
        ? `${who}自 ${to ?? from} 起不再是本户成员。${why}`
        : `${who}${relationTitle(relation)}，自 ${from} 起。${why}`,
      source: { kind: 'household', id },
    }
  })
}

const OTHER: Readonly<Record<OtherDeed['kind'], readonly [title: string, text: (text: string) => string]>> = {
  merged: ['并入另一份档案', (reason) => `认定为同一人。原因：${reason}。`],
  unmerged: ['撤销合并', (reason) => `两份档案重新分开。原因：${reason}。`],
  account: ['登记收款账户', (holder) => `户名 ${holder}。`],
}

export function otherEvents(deeds: readonly OtherDeed[]): FileEvent[] {
  return deeds.map(({ id, kind, text, recordedAt, recordedBy }) => {
    const [title, textOf] = OTHER[kind]
    return {
      ...{
        id: `${kind}:${id}`,
        kind: 'change',
        at: recordedAt,
        title,
        text: textOf(text),
        fen: null,
        by: recordedBy,
      },
      source: { kind: kind === 'account' ? 'account' : 'person', id },
    }
  })
}

export const REVEALED: Readonly<Record<string, string>> = {
  ...{ id_number: '证件号码', phone: '电话', account: '账号' },
}

export function lookEvents(
  looks: readonly SeenLook[],
  purposes: Readonly<Record<string, string>>,
): FileEvent[] {
  return looks.map(({ id, part, purpose, actorId, at }) => ({
    ...{ id: `look:${id}`, kind: 'change', at, fen: null, by: actorId },
    title: `查看完整${part === null ? '证件号码和电话' : (REVEALED[part] ?? '号码')}`,
    text: `用途：${purposes[purpose ?? ''] ?? '未写明'}。`,
    source: { kind: 'look', id },
  }))
}

/** Six digits of a second, so that text order is time order. */
export function exactInstant(at: Instant): Instant {
  const [seconds = '', rest = ''] = at.replace('Z', '').split('.')
  return `${seconds}.${rest.padEnd(6, '0')}Z`
}

export interface Page {
  kind: FileEventKind | undefined
  /** `next` of the page before. */
  after: string | undefined
  limit: number
}

function markOf({ at, id }: FileEvent): string {
  return `${at}~${id}`
}

export function pageOf(
  all: readonly FileEvent[],
  { kind, after, limit }: Page,
): { events: FileEvent[]; counts: Record<FileEventKind, number>; next: string | null } {
  const counts: Record<FileEventKind, number> = { benefit: 0, money: 0, fact: 0, household: 0, change: 0 }
  for (const event of all) counts[event.kind] += 1
  const sorted = all
    .filter((event) => kind === undefined || event.kind === kind)
    .map((event) => ({ ...event, at: exactInstant(event.at) }))
    .sort((a, b) => (markOf(a) < markOf(b) ? 1 : -1))
  const rest = after === undefined ? sorted : sorted.filter((event) => markOf(event) < after)
  const events = rest.slice(0, limit)
  const last = events.at(-1)
  return { events, counts, next: rest.length > limit && last ? markOf(last) : null }
}
