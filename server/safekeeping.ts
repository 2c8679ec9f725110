import { archiveState, type ArchiveState } from './platform/backup/archive-state.ts'
import { newestDrill } from './platform/backup/drill.ts'
import type { Ctx } from './platform/command.ts'
import { isCopied } from './platform/key-custody.ts'
import { findKnownRing } from './platform/key-ring.db.ts'
import type { Safekeeping } from './engines/golive/index.ts'

/**
 * What the installation knows of its own keys and its own backup, as plain values. Undefined = the database is somebody else's to keep
 * (DATABASE_URL), or nothing is backed up (MINBEN_BACKUP=off).
 */
export async function lookSafekeeping({ tx, varDir, keeping }: Ctx): Promise<Safekeeping | undefined> {
  if (!keeping || keeping.databaseUrl !== undefined) return undefined
  const { folder } = keeping.backup
  if (folder === undefined) return undefined
  const ring = await findKnownRing(tx)
  const drilled = await newestDrill(folder)
  return {
    keys: { isCopied: ring !== undefined && isCopied(ring), at: ring?.copiedAt ?? null },
    backup: await backupSeen(() => archiveState(tx, { varDir, ...keeping })),
    drill: drilled && {
      ...{ startedAt: drilled.startedAt, endedAt: drilled.endedAt },
      ...{ tables: drilled.tables, rows: drilled.rows, problems: drilled.problems.length },
    },
  }
}

/** A folder that cannot be read is itself what there is to say. */
async function backupSeen(
  look: () => Promise<Pick<ArchiveState, 'copy' | 'problems' | 'notes'>>,
): Promise<Safekeeping['backup']> {
  try {
    const { copy, problems, notes } = await look()
    return { at: copy?.at ?? null, problems: [...problems, ...notes] }
  } catch {
    return { at: null, problems: ['备份的情况读不出来。请系统管理员执行 minben backup status 查看。'] }
  }
}
