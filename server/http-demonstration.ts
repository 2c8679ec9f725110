import type { FastifyInstance } from 'fastify'
import { mountEndpoint } from './http-endpoint.ts'
import { demonstrationEndpoint, type DemonstrationLoading } from './platform/demonstration.schema.ts'
import { conflict } from './platform/errors.ts'
import type { Route } from './platform/route.ts'

/** Null = whole, or none. */
export type Demonstration = () => DemonstrationLoading | null

export function mountDemonstration(api: FastifyInstance, demonstration: Demonstration): void {
  mountEndpoint(api, demonstrationEndpoint, {
    answer: () => Promise.resolve({ loading: demonstration() }),
  })
}

/** Whatever somebody changed in between would change the months that are still to come. */
export function requireWhole({ isChange = false }: Route, demonstration: Demonstration): void {
  const loading = isChange ? demonstration() : null
  if (!loading) return
  const until =
    loading.state === 'failed'
      ? loading.text
      : '演示数据还在载入，这时可以查看，不能办理。请等载入的提示消失后再办。'
  throw conflict('platform.demo_loading', `本次没有办。${until}`)
}
