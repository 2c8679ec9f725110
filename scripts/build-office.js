// Builds the office's pages into dist/office. With --if-needed nothing happens when they were built from the same sources, or when
// the tools to build them are not installed and a build is there (npm ci --omit=dev).
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const ROOT = resolve(import.meta.dirname, '..')
const BUILT = join(ROOT, 'dist', 'office')
const MARK = join(ROOT, 'dist', 'office-sources.txt')

function filesOf(folder, isOurs) {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isOurs(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Of everything that goes into the pages: ours, the contracts, and the versions of the libraries. */
function sources() {
  const files = [
    ...filesOf('web', () => true),
    ...filesOf('server', (name) => name.endsWith('.schema.ts')),
    join(ROOT, 'package-lock.json'),
    join(ROOT, 'scripts', 'build-office.js'),
  ]
  const hash = createHash('sha256')
  for (const file of files.toSorted()) hash.update(file.slice(ROOT.length)).update(readFileSync(file))
  return hash.digest('hex')
}

/** Packed once here instead of with every request; images are packed already. */
function pack(folder) {
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!/\.(js|css|svg)$/.test(file.name)) continue
    const place = join(file.parentPath, file.name)
    const bytes = readFileSync(place)
    writeFileSync(`${place}.gz`, gzipSync(bytes, { level: 9 }))
    writeFileSync(`${place}.br`, brotliCompressSync(bytes))
  }
}

const now = sources()
const built = existsSync(MARK) ? readFileSync(MARK, 'utf8').trim() : undefined
const canBuild = existsSync(join(ROOT, 'node_modules', 'vite'))
const isNeeded = built !== now && (canBuild || built === undefined)
if (isNeeded || !process.argv.includes('--if-needed')) {
  const { build } = await import('vite')
  await build({ configFile: join(ROOT, 'web', 'vite.config.ts'), logLevel: 'warn' })
  pack(BUILT)
  writeFileSync(MARK, `${now}\n`)
  console.log('办公端页面已生成：dist/office')
}
