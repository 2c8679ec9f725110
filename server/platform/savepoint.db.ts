import { sql, type Tx } from './db.ts'

/** What `work` wrote stays when it is done, and is gone when it throws; the transaction goes on either way. Locks go with it. */
export async function inSavepoint<Result>(tx: Tx, work: () => Promise<Result>): Promise<Result> {
  await sql`savepoint part`.execute(tx)
  try {
    const result = await work()
    await sql`release savepoint part`.execute(tx)
    return result
  } catch (error) {
    await undoPart(tx)
    throw error
  }
}

/** Whether `work` would throw: nothing that it writes stays. */
export async function tryOut(tx: Tx, work: () => Promise<unknown>): Promise<void> {
  await sql`savepoint part`.execute(tx)
  try {
    await work()
  } finally {
    await undoPart(tx)
  }
}

async function undoPart(tx: Tx): Promise<void> {
  await sql`rollback to savepoint part`.execute(tx)
  await sql`release savepoint part`.execute(tx)
}
