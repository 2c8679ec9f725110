/** A second place for the backup: a folder on another disk or machine, or a bucket that speaks the S3 protocol. */
import { copyFile, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { exists, isErrno, makeFolder, UNFINISHED } from './folder.ts'
import { unusable, type SecondPlace } from './place.ts'
import { bucketOf } from './s3.ts'
import type { SecondPlaceSettings } from './settings.ts'

export function secondPlaceOf(settings: SecondPlaceSettings): SecondPlace {
  return settings.kind === 's3' ? bucketOf(settings) : folderOf(settings.folder)
}

function folderOf(root: string): SecondPlace {
  return {
    list: async () => {
      // Not made here: a disk that is not mounted must not be filled up in its place.
      if (!(await exists(root))) throw unusable(`目录 ${root} 不存在，可能没有挂载`)
      const files = new Map<string, number>()
      const entries = await readdir(root, { recursive: true, withFileTypes: true })
      for (const entry of entries.filter((each) => each.isFile() && !each.name.endsWith(UNFINISHED))) {
        const file = path.join(entry.parentPath, entry.name)
        files.set(path.relative(root, file).split(path.sep).join('/'), (await stat(file)).size)
      }
      return files
    },
    put: async (name, file) => {
      if (!(await exists(root))) throw unusable(`目录 ${root} 不存在，可能没有挂载`)
      await copyWhole(file, path.join(root, name))
    },
    get: (name, file) => copyWhole(path.join(root, name), file),
    remove: async (name) => {
      await rm(path.join(root, name), { force: true })
      await removeIfEmpty(path.dirname(path.join(root, name)))
    },
  }
}

async function copyWhole(from: string, to: string): Promise<void> {
  await makeFolder(path.dirname(to))
  const temporary = `${to}${UNFINISHED}`
  await copyFile(from, temporary)
  const handle = await open(temporary, 'r+')
  await handle.sync().finally(() => handle.close())
  await rename(temporary, to)
}

async function removeIfEmpty(folder: string): Promise<void> {
  if ((await readdir(folder).catch(() => ['unknown'])).length > 0) return
  await rm(folder, { recursive: true }).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error
  })
}
