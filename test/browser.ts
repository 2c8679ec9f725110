import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { chromium, type Browser, type BrowserContext } from 'playwright-core'

/** A browser and Chinese type from the package registry, unpacked once: tests need nothing that somebody installed by hand. */

const { resolve } = createRequire(import.meta.url)
const FONTS = path.resolve(path.dirname(resolve('@embedpdf/fonts-sc')), '..', 'fonts')
const PACKED = path.resolve(path.dirname(resolve('@sparticuz/chromium')), '..', 'bin')
const PLACE = path.resolve(import.meta.dirname, '..', 'node_modules', '.cache', 'minben-browser')

/** Tests run in several processes: each unpacks apart, the first to finish gives its folder the name. */
function unpack(): string {
  if (existsSync(path.join(PLACE, 'chromium'))) return PLACE
  // A browser that outlived an installation may have written its list of type there again.
  rmSync(PLACE, { recursive: true, force: true })
  mkdirSync(path.dirname(PLACE), { recursive: true })
  const folder = mkdtempSync(`${PLACE}-`)
  const plain = (name: string) => brotliDecompressSync(readFileSync(path.join(PACKED, name)))
  writeFileSync(path.join(folder, 'chromium'), plain('chromium.br'))
  chmodSync(path.join(folder, 'chromium'), 0o755)
  for (const name of ['al2023.tar.br', 'swiftshader.tar.br'])
    execFileSync('tar', ['xf', '-', '-C', folder], { input: plain(name) })
  mkdirSync(path.join(folder, 'type'))
  writeFileSync(path.join(folder, 'type', 'fonts.conf'), FONT_LIST)
  try {
    renameSync(folder, PLACE)
  } catch {
    rmSync(folder, { recursive: true })
  }
  return PLACE
}

const FONT_LIST = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${FONTS}</dir><cachedir>${path.join(PLACE, 'type', 'cache')}</cachedir></fontconfig>`

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-zygote',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openBrowser(): Promise<Browser> {
  const folder = unpack()
  return chromium.launch({
    executablePath: path.join(folder, 'chromium'),
    args: FLAGS,
    env: surroundings(folder),
  })
}

function surroundings(folder: string) {
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '/tmp',
    LD_LIBRARY_PATH: path.join(folder, 'lib'),
    FONTCONFIG_PATH: path.join(folder, 'type'),
  }
}

export interface KillableBrowser {
  context: BrowserContext
  /** SIGKILL for all of its processes: nothing is written, flushed or said. */
  kill: () => Promise<void>
}

/** A browser with a profile that outlives it, as on somebody's desk. */
export async function openKillable(profile: string): Promise<KillableBrowser> {
  const folder = unpack()
  const flags = [...FLAGS, '--headless', '--lang=zh-CN', '--remote-debugging-port=0']
  const child = spawn(
    path.join(folder, 'chromium'),
    [...flags, `--user-data-dir=${profile}`, 'about:blank'],
    {
      // A group of its own: its helpers are killed with it.
      detached: true,
      env: surroundings(folder),
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const browser = await chromium.connectOverCDP(await addressOf(child.stderr))
  const [context] = browser.contexts()
  if (!context || child.pid === undefined) throw new Error('the browser has no window')
  const group = -child.pid
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return {
    context,
    kill: async () => {
      process.kill(group, 'SIGKILL')
      await gone
    },
  }
}

/** Its complaints are read on to the end: a browser whose ear is shut may end itself. */
function addressOf(stderr: NodeJS.ReadableStream): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    stderr.on('data', (piece: Buffer) => {
      said = `${said}${piece.toString()}`.slice(-4000)
      const [, address] = /DevTools listening on (ws:\S+)/.exec(said) ?? []
      if (address !== undefined) resolve(address)
    })
    stderr.once('close', () => reject(new Error(`the browser did not start: ${said}`)))
  })
}
