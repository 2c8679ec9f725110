/** Brings the backup to its second place, and from there to a machine that has nothing. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Instant } from '../dates.ts'
import { chooseCopy, openArchive } from './archive.ts'
import { basesOf, filesOf, makeFolder, namesIn, sealsOf, sizeOf, UNFINISHED, walOf } from './folder.ts'
import { filesBelow } from './keeping.ts'
import { MANIFEST } from './manifest.ts'
import { copiesToKeep } from './base-plan.ts'
import type { SecondPlace } from './place.ts'
import type { BackupSettings } from './settings.ts'

type Keep = BackupSettings['keep']

export interface Mirror {
  /** Throws what went wrong with `missing`, the number of files that are not there yet. */
  pass: () => Promise<void>
}

/** Seal logs only grow; a restore completes them from the database, so their tail may come later. */
const LOGS_EVERY_MS = 3_600_000
const COPY = /^base\/(\d{8}T\d{6}Z)\/manifest\.json$/
const SEGMENT = /^[0-9A-F]{24}/
const SETTLED_MS = 2000

export function mirrorOf(root: string, place: SecondPlace, keep: Keep): Mirror {
  let there: Map<string, number> | undefined
  let logsAt = 0
  const seen = new Map<string, number>()
  return {
    pass: async () => {
      there ??= await place.list()
      const here = await listHere(root, there, seen)
      const withLogs = Date.now() - logsAt > LOGS_EVERY_MS
      const logs = withLogs ? await listLogs(root, there) : []
      const wanted = [...here.filter((name) => !there?.has(name)), ...logs]
      let missing = wanted.length
      try {
        for (const name of wanted) {
          const file = path.join(root, name)
          await place.put(name, file)
          there.set(name, (await sizeOf(file)) ?? 0)
          missing -= 1
        }
        if (withLogs) logsAt = Date.now()
        await removeOld(root, { place, there, keep })
      } catch (error) {
        there = undefined // somebody may have been there
        seen.clear()
        throw Object.assign(error instanceof Error ? error : new Error(String(error)), { missing })
      }
    },
  }
}

/** In the order in which they make sense there: a copy's manifest after all of its files. */
async function listHere(
  root: string,
  there: ReadonlyMap<string, number>,
  seen: Map<string, number>,
): Promise<string[]> {
  const log = (await namesIn(walOf(root))).filter((name) => name.endsWith('.gz')).map((name) => `wal/${name}`)
  const copies = (await namesIn(basesOf(root))).filter((name) => !name.endsWith(UNFINISHED))
  const files: string[] = []
  for (const name of copies.filter((each) => !there.has(`base/${each}/${MANIFEST}`)))
    files.push(...(await copyNames(root, name)))
  return ['installation.json', ...log, ...(await storedNames(root, seen)), ...files]
}

async function copyNames(root: string, copy: string): Promise<string[]> {
  const names = (await filesBelow(path.join(basesOf(root), copy))).filter((name) => name !== MANIFEST)
  return [...names, MANIFEST].map((name) => `base/${copy}/${name}`)
}

async function storedNames(root: string, seen: Map<string, number>): Promise<string[]> {
  const stored: string[] = []
  for (const folder of await namesIn(filesOf(root))) {
    const { mtimeMs } = await stat(path.join(filesOf(root), folder))
    if (seen.get(folder) === mtimeMs) continue
    const names = (await namesIn(path.join(filesOf(root), folder))).filter(
      (name) => !name.endsWith(UNFINISHED),
    )
    stored.push(...names.map((name) => `files/${folder}/${name}`))
    if (Date.now() - mtimeMs > SETTLED_MS) seen.set(folder, mtimeMs)
  }
  return stored
}

async function listLogs(root: string, there: ReadonlyMap<string, number>): Promise<string[]> {
  const names: string[] = []
  for (const name of await namesIn(sealsOf(root)))
    if (there.get(`seals/${name}`) !== (await sizeOf(path.join(sealsOf(root), name))))
      names.push(`seals/${name}`)
  return names
}

/**
 * What nobody keeps goes there too. Copies that are only there are counted as well: after a restore to a new folder the second place
 * still has those of before, and they stay for as long as their days and weeks keep them, with all of the log.
 */
async function removeOld(
  root: string,
  { place, there, keep }: { place: SecondPlace; there: Map<string, number>; keep: Keep },
): Promise<void> {
  const here = new Set((await namesIn(basesOf(root))).filter((name) => !name.endsWith(UNFINISHED)))
  const copies = new Set([...here, ...[...there.keys()].flatMap((name) => COPY.exec(name)?.[1] ?? [])])
  const kept = copiesToKeep(
    [...copies].map((name) => ({ name, stoppedAt: instantOf(name) })),
    keep,
  )
  const segments = (await namesIn(walOf(root))).filter((name) => SEGMENT.test(name))
  const first = segments.map((name) => name.slice(8, 24)).sort()[0] ?? ''
  const isLogKept = [...kept].some((name) => !here.has(name))
  const isOld = (name: string) => {
    const [kind, second = ''] = name.split('/')
    if (kind === 'base') return !kept.has(second)
    return kind === 'wal' && SEGMENT.test(second) && !isLogKept && second.slice(8, 24) < first
  }
  // A copy without its manifest is none: that goes first.
  const old = [...there.keys()].filter(isOld)
  for (const name of old.sort((a, b) => Number(b.endsWith(MANIFEST)) - Number(a.endsWith(MANIFEST)))) {
    await place.remove(name)
    there.delete(name)
  }
}

/** `20260301T180000Z` is when it was begun. */
function instantOf(name: string): Instant {
  return name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6.000000Z')
}

/**
 * Brings to an empty folder of this machine what a restore to the moment needs: the copy it begins with and the log from there on,
 * all stored files and seal logs.
 */
export async function fetchBackup(
  place: SecondPlace,
  root: string,
  at: Instant | undefined,
): Promise<{ files: number }> {
  await makeFolder(root)
  const names = [...(await place.list()).keys()]
  const fetch = async (fits: (name: string) => boolean) => {
    const wanted = names.filter(fits)
    for (const name of wanted)
      if ((await sizeOf(path.join(root, name))) === undefined) await place.get(name, path.join(root, name))
    return wanted.length
  }
  await fetch((name) => name.endsWith(`/${MANIFEST}`) || /^wal\/.*\.history\.gz$/.test(name))
  const copy = chooseCopy(await openArchive(root), at)
  const first = copy.startSegment.slice(8)
  const files = await fetch((name) => {
    const [kind, second = ''] = name.split('/')
    if (kind === 'wal') return SEGMENT.test(second) && second.slice(8, 24) >= first
    if (kind === 'base') return second === copy.name
    return kind === 'files' || kind === 'seals'
  })
  return { files }
}
