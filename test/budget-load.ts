import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { expect } from 'vitest'
import { send, type Sending } from './own-installation.ts'

const COUNTY = '441882'

export interface Load {
  /** How many were answered with 200 so far. */
  done: () => number
  /** Codes of refusals on the way. */
  codes: Set<string>
  stop: () => Promise<void>
}

/** Some people who enter budgets one after the other, each sent again with its key until it is answered. */
export function startLoad(place: () => Omit<Sending, 'key'>, people = 4): Load {
  const acknowledged = new Set<string>()
  const codes = new Set<string>()
  let isOver = false
  const person = async () => {
    while (!isOver) {
      const [source, key] = [`来源 ${randomUUID()}`, randomUUID()]
      const budget = {
        fiscalYear: 2026,
        source,
        program: 'subsistence_allowance',
        amountFen: 100,
        basis: '测试',
      }
      for (let isDone = false; !isDone;) {
        const answer = await send(`/api/counties/${COUNTY}/budgets`, budget, { ...place(), key })
        if (answer?.status === 200) {
          acknowledged.add(source)
          isDone = true
        } else {
          if (answer) codes.add(String(answer.body['code']))
          await wait(100)
        }
      }
    }
  }
  const all = Promise.all(Array.from({ length: people }, person))
  return {
    ...{ codes, done: () => acknowledged.size },
    stop: async () => {
      isOver = true
      await all
    },
  }
}

/** What was acknowledged is there, once. */
export async function expectOnce(owner: pg.Pool, load: Load): Promise<void> {
  const { rows } = await owner.query<{ all: number; different: number; done: number }>(
    `select count(*)::int as all, count(distinct source)::int as different,
            (select count(*)::int from platform.audit_row where event = 'funds.budget.created' and outcome = 'done') as done
       from funds.budget where county = $1`,
    [COUNTY],
  )
  const count = load.done()
  expect(rows).toEqual([{ all: count, different: count, done: count }])
}
