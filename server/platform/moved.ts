/** A data directory whose database now lives elsewhere says so: served again it would be a second truth. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { conflict } from './errors.ts'

const Mark = z.object({ host: z.string(), at: z.string() })

function markFile(varDir: string): string {
  return path.join(varDir, 'moved.json')
}

export function markMoved(varDir: string, host: string): void {
  writeFileSync(markFile(varDir), JSON.stringify({ host, at: new Date().toISOString() }), { mode: 0o600 })
}

export function requireNotMoved(varDir: string): void {
  if (!existsSync(markFile(varDir))) return
  const { host, at } = Mark.parse(JSON.parse(readFileSync(markFile(varDir), 'utf8')))
  throw conflict(
    'platform.moved_away',
    `这个数据目录的数据库已于 ${at.slice(0, 10)} 迁到 ${host}，没有启动。请设置 DATABASE_URL 再启动；确认要用回这里的旧数据时，先删除 ${markFile(varDir)}。`,
  )
}
