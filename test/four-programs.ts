import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { expect } from 'vitest'
import type { Dice } from '../server/bench/dice.ts'
import { startEmbedded, type EmbeddedServer } from '../server/platform/embedded-pg.ts'
import { freePort, runProgram, type Program } from './serving.ts'

/** Two programs that serve and two that only work, on one PostgreSQL 15 with the small county and two months behind it. */
export class FourPrograms {
  readonly apps: (Program & { url: string })[] = []
  readonly workers: Program[] = []
  readonly passwords = new Map<string, string>()
  readonly owner: pg.Pool
  readonly environment: Record<string, string>
  private readonly folder: string
  private readonly server: EmbeddedServer

  private constructor(folder: string, server: EmbeddedServer) {
    const url = databaseUrl(server, 'minben')
    this.folder = folder
    this.server = server
    this.owner = new pg.Pool({ connectionString: url, max: 3 })
    this.environment = {
      ...{ DATABASE_URL: url, MINBEN_VAR: path.join(folder, 'var') },
      ...{ MINBEN_DEMO: '1', MINBEN_LOG: 'on' },
    }
  }

  static async start(): Promise<FourPrograms> {
    const folder = mkdtempSync(path.join(tmpdir(), 'minben-two-'))
    const server = await startEmbedded({
      ...{ dataDir: path.join(folder, 'pg'), password: 'test', binaries: 'embedded-pg15' },
    })
    const maker = new pg.Client({ connectionString: databaseUrl(server, 'postgres') })
    await maker.connect()
    await maker.query('create database minben')
    await maker.end()
    const four = new FourPrograms(folder, server)
    const load = runProgram(['demo', 'load', 'small', '--months', '2'], four.environment)
    expect(await load.ended).toMatchObject({ code: 0 })
    for (const place of [0, 1]) await four.startApp(place)
    for (const place of [0, 1]) await four.startWorker(place)
    return four
  }

  /** One of the four, at a moment of the next half second; gives back what brings it to life again. */
  async strike(dice: Dice): Promise<() => Promise<void>> {
    const place = dice.below(2)
    const isApp = dice.next() < 0.5
    await wait(Math.floor(dice.next() * 500))
    await (isApp ? this.apps : this.workers)[place]?.kill('SIGKILL')
    return () => (isApp ? this.startApp(place) : this.startWorker(place))
  }

  async end(): Promise<void> {
    await Promise.all([...this.apps, ...this.workers].map((each) => each.kill('SIGKILL')))
    await this.owner.end()
    await this.server.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async startApp(place: number): Promise<void> {
    const port = await freePort()
    const program = runProgram(['serve'], { ...this.environment, PORT: String(port) })
    await program.says('民本已启动')
    for (const [, login = '', password = ''] of program.said().matchAll(/^ {2}(\S+) +(\S+)$/gm))
      if (!this.passwords.has(login)) this.passwords.set(login, password)
    this.apps[place] = { ...program, url: `http://127.0.0.1:${port}` }
  }

  private async startWorker(place: number): Promise<void> {
    const program = runProgram(['worker'], this.environment)
    await program.says('后台任务已启动')
    this.workers[place] = program
  }
}

function databaseUrl({ port }: EmbeddedServer, name: string): string {
  return `postgres://postgres:test@127.0.0.1:${port}/${name}`
}
