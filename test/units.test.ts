import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../server/cli/main.ts'

/** The units of systemd start what exists, stop the main process alone, and hold nothing that systemd does not know. */

const folder = path.resolve(import.meta.dirname, '../ops/systemd')
const units = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(path.join(folder, name), 'utf8'),
}))

test.each(units)(
  '$name: a command of ours, its end in our own hands, 20 seconds and more for it',
  ({ text }) => {
    const [, command] = /^ExecStart=\/usr\/bin\/node bin\/minben\.js (\w+)$/m.exec(text) ?? []
    expect(COMMANDS.map(({ name }) => name)).toContain(command)
    expect(text).toMatch(/^KillMode=mixed$/m)
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1])).toBeGreaterThan(30)
    // Node writes and runs machine code.
    expect(text).not.toContain('MemoryDenyWriteExecute=yes')
  },
)

test('systemd itself finds no fault in them, where it is installed', () => {
  const files = units.map(({ name }) => path.join(folder, name))
  const { error, stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' })
  const isMissing = error && 'code' in error && error.code === 'ENOENT'
  expect(isMissing ? '' : stderr).toBe('')
})
