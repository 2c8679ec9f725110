/** How the embedded server hands over its log: whole segments, by the module that comes with it, into a folder of the backup. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { giveToServer } from '../embedded-pg.ts'
import { conflict } from '../errors.ts'
import { incomingOf, installationOf } from './folder.ts'

/** A segment is handed over whole, every half minute with work in it: 16 MiB, the usual size, would be 46 GB a day to write. */
export const WAL_SEGMENT_MIB = 1

export function archiveFlags(root: string): string[] {
  const settings = [
    'archive_mode=on',
    'archive_library=basic_archive',
    `basic_archive.archive_directory=${incomingOf(root)}`,
  ]
  return settings.flatMap((setting) => ['-c', setting])
}

const Installation = z.object({ systemIdentifier: z.string() })

/**
 * Makes the folder that the server writes to and the mark whose it is. A folder that cannot be made does not keep the server from
 * starting: the log waits in the data directory, and `archiveState` says so.
 *
 * Throws `platform.backup_foreign` when another database has its backup there.
 */
export function prepareArchive(root: string, dataDir: string): void {
  const owner = ownerOf(root)
  const here = systemIdentifier(dataDir)
  if (owner !== undefined && owner !== here) {
    throw conflict(
      'platform.backup_foreign',
      `备份目录 ${root} 里是另一个数据库的备份。为免两者混在一起，没有启动。请用 MINBEN_BACKUP 另指定一个空的目录；要恢复那份备份，用 minben restore。`,
    )
  }
  try {
    mkdirSync(incomingOf(root), { recursive: true, mode: 0o700 })
    giveToServer(incomingOf(root))
    if (owner === undefined)
      writeFileSync(installationOf(root), JSON.stringify({ systemIdentifier: here }), { flush: true })
  } catch (error) {
    process.stderr.write(
      `备份目录 ${root} 不能写（${String(error)}）。服务照常启动，但没有备份：请检查目录和权限，然后重新启动。\n`,
    )
  }
}

/** Identifier of the database whose backup is in the folder. */
export function ownerOf(root: string): string | undefined {
  const file = installationOf(root)
  if (!existsSync(file)) return undefined
  return Installation.parse(JSON.parse(readFileSync(file, 'utf8'))).systemIdentifier
}

/** The first eight bytes of the control file: drawn when the data directory was made, kept by every restore. */
function systemIdentifier(dataDir: string): string {
  const handle = openSync(path.join(dataDir, 'global', 'pg_control'), 'r')
  try {
    const bytes = Buffer.alloc(8)
    readSync(handle, bytes, 0, 8, 0)
    return bytes.readBigUInt64LE().toString()
  } finally {
    closeSync(handle)
  }
}
