import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { startBackups } from './service.ts'

test('a pass that fails is made again soon, not after the usual half minute: a database that starts anew is soon back', async () => {
  const varDir = mkdtempSync(path.join(tmpdir(), 'minben-service-'))
  let tries = 0
  const dying = createServer((socket) => {
    tries++
    socket.destroy()
  })
  await new Promise<void>((ready) => dying.listen(0, '127.0.0.1', ready))
  const address = dying.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const said: string[] = []
  const backups = startBackups({
    adminUrl: `postgres://nobody@127.0.0.1:${port}/none`,
    config: readConfig({ MINBEN_VAR: varDir }),
    isLoading: () => false,
    say: (text) => said.push(text),
    everyMs: 3_600_000,
  })
  while (tries < 3) await wait(50)
  await backups.stop()
  dying.close()
  rmSync(varDir, { recursive: true })
  expect(said).toEqual([expect.stringMatching(/^日志归档没有完成：.+。请检查备份目录/)])
})
