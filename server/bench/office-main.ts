import type { FastifyInstance } from 'fastify'
import { benefitsCommands } from '../app.ts'
import { fundsHooks } from '../engines/funds/index.ts'
import { buildHttp } from '../http.ts'
import { readConfig } from '../platform/config.ts'
import { startSealer } from '../platform/sealer.ts'
import { officeRoutes } from '../routes.ts'
import { buildBare } from './bare.db.ts'
import type { FromOffice, ToOffice } from './office.ts'
import { benchPrograms } from './programs.ts'
import { runOnce, settleLast } from './office-run.ts'
import { openWorld } from './world.ts'

/** The child process of `openOffice`: the product's own server on the bench's database, with the sealer that runs beside it. */
async function main(): Promise<void> {
  const tell = (message: FromOffice) => process.send?.(message)
  const world = await openWorld(readConfig(), process.argv[2] ?? '')
  const routes = officeRoutes(benchPrograms, benefitsCommands(fundsHooks, benchPrograms))
  const http = await buildHttp(world.deps, { routes, isDemo: true, mostRequests: Number.MAX_SAFE_INTEGER })
  const bare = buildBare(world)
  const sealer = startSealer(world.deps)
  await http.listen({ port: 0, host: '127.0.0.1' })
  await bare.listen({ port: 0, host: '127.0.0.1' })
  const stop = async () => {
    await http.close()
    await bare.close()
    await sealer.stop()
    await world.close()
    process.disconnect()
  }
  const work: Record<ToOffice, () => Promise<unknown>> = {
    run: async () => tell({ ran: await runOnce(world) }),
    settle: async () => {
      await settleLast(world)
      tell({ settled: true })
    },
    stop,
  }
  process.on('message', (message: ToOffice) => {
    work[message]().catch((error: unknown) =>
      tell({ failed: String(error instanceof Error ? error.stack : error) }),
    )
  })
  tell({ ports: { office: portOf(http), bare: portOf(bare) } })
}

function portOf({ server }: FastifyInstance): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

await main()
