import { sql, type Db } from './db.ts'

/** Analyses tables that grew much since their last ANALYZE; cheap when none did. Never inside the writing transaction. */
export async function refreshStatistics(db: Db): Promise<void> {
  await sql`select platform.refresh_statistics()`.execute(db)
}
