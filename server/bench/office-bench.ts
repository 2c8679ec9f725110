import { randomBytes } from 'node:crypto'
import { loadavg } from 'node:os'
import { readConfig } from '../platform/config.ts'
import { openCluster } from '../platform/database.ts'
import { hashPassword } from '../platform/password.ts'
import { routes } from '../routes.ts'
import { fillApart } from './apart.ts'
import { readSettings } from './bench-database.db.ts'
import { connectTo, drive, quantilesOf, signInAt, type Client, type Quantiles } from './office-client.ts'
import { openOffice, type Office } from './office.ts'
import { countPeople, insertReader, samplePeople } from './office.db.ts'
import { COUNTY, leaveWorld, openWorld, type World } from './world.ts'

export interface OfficeBenchOptions {
  people: number
  history: number
  /** False: no ANALYZE after the load. */
  isAnalyzed?: boolean
  isKept?: boolean
  /** Take the population that an earlier bench kept. */
  isReused?: boolean
  say: (text: string) => void
}

export const DATABASE = 'minben_bench_office'
export const CONNECTIONS = 10

export interface OfficeWorld {
  world: World
  office: Office
  /** As many as connections, each signed in for itself. */
  clients: Client[]
  /** Without a session, to the bare server. */
  bare: Client[]
  people: number
  fillSeconds: number
}

export interface Around {
  people: number
  history: number
  fillSeconds: number
  connections: number
  load1: number
  settings: Record<string, string>
  roles: string[]
}

/** A county of people on file, the product's server on it, and somebody signed in on each connection. */
export async function inOffice<Result>(
  options: OfficeBenchOptions,
  work: (inside: OfficeWorld) => Promise<Result>,
): Promise<Result & Around> {
  const { people, history, isAnalyzed = true, isKept = false, isReused = false, say } = options
  const cluster = await openCluster(readConfig())
  try {
    const filling = { name: DATABASE, people, history, ahead: 4, isAnalyzed, seed: 1, withPeople: true }
    const { seconds } = isReused ? { seconds: 0 } : await fillApart(filling, say)
    const world = await openWorld(readConfig(), DATABASE)
    try {
      const inside = await openInside(world)
      const settings = await readSettings(world)
      try {
        const result = await work({ world, fillSeconds: seconds, ...inside })
        return {
          ...result,
          ...{ people: inside.people, history, fillSeconds: seconds, connections: CONNECTIONS },
          load1: Math.round((loadavg()[0] ?? 0) * 100) / 100,
          settings: settings.server,
          roles: settings.roles.map(
            ({ name, isSuperuser, bypassesRls }) =>
              `${name} rolsuper=${isSuperuser} rolbypassrls=${bypassesRls}`,
          ),
        }
      } finally {
        for (const client of [...inside.clients, ...inside.bare]) client.close()
        await inside.office.stop()
      }
    } finally {
      await leaveWorld(world, { name: DATABASE, isKept })
    }
  } finally {
    if (cluster.server && !cluster.server.attached) await cluster.server.stop()
  }
}

async function openInside(world: World): Promise<Omit<OfficeWorld, 'world' | 'fillSeconds'>> {
  const reader = { login: 'bench_reader', password: randomBytes(18).toString('base64url') }
  const permissions = [...new Set(routes.map(({ permission }) => permission))]
  const passwordHash = await hashPassword(reader.password)
  await insertReader(world.owner, { login: reader.login, permissions, county: COUNTY, passwordHash })
  const office = await openOffice(DATABASE)
  const { ports } = office
  const clients: Client[] = []
  const bare: Client[] = []
  while (clients.length < CONNECTIONS) {
    clients.push(connectTo(ports.office, await signInAt(ports.office, reader)))
    bare.push(connectTo(ports.bare))
  }
  return { office, clients, bare, people: await countPeople(world.owner) }
}

export interface Floor {
  row: Quantiles
  page: Quantiles
}

const FLOOR_REQUESTS = 2000

/** A row and a page of four questions without the product, over as many connections, in the same minutes. */
export async function measureFloor({ world, bare }: OfficeWorld): Promise<Floor> {
  const people = await samplePeople(world.owner, 'floor', FLOOR_REQUESTS)
  const ask = async (path: string) => {
    const answers = await drive(bare, people, (client, { id }) => client.get(`/${path}/${id}`))
    return quantilesOf(answers.map(({ ms }) => ms))
  }
  await ask('row')
  return { row: await ask('row'), page: await ask('page') }
}

export function ratio(a: number, b: number): number {
  return Math.round((a / b) * 100) / 100
}
