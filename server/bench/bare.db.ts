import Fastify, { type FastifyInstance } from 'fastify'
import { openPool } from '../platform/db.ts'
import { COUNTY, type World } from './world.ts'

/**
 * The floor of a page (docs: ratios, never seconds alone): Fastify and the driver with nothing of the product between, on the same
 * data. One row by its key, and a page of four questions along indexes.
 */
export function buildBare({ owner }: World): FastifyInstance {
  const http = Fastify({ logger: false })
  const pool = openPool({ url: owner.options.connectionString ?? '', max: 10, applicationName: 'bare' })
  http.addHook('onClose', () => pool.end())
  http.get<{ Params: { id: string } }>('/row/:id', async ({ params: { id } }) => {
    const { rows } = await pool.query(PERSON, [COUNTY, id])
    return { person: rows[0] ?? null }
  })
  http.get<{ Params: { id: string } }>('/page/:id', async ({ params: { id } }) => {
    const [person, facts, awards, looks] = [PERSON, ...REST].map((text) => pool.query(text, [COUNTY, id]))
    return {
      person: (await person)?.rows[0] ?? null,
      facts: (await facts)?.rows,
      awards: (await awards)?.rows,
      looks: (await looks)?.rows,
    }
  })
  return http
}

const PERSON = 'select id, full_name, sex, town, village from registry.person where county = $1 and id = $2'
const REST = [
  'select kind, value, valid from registry.fact where county = $1 and person_id = $2',
  'select award_id, valid from benefits.coverage where county = $1 and person_id = $2',
  'select what, at from registry.person_look where county = $1 and person_id = $2 order by at desc limit 20',
]
