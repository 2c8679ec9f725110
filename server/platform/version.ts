import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

const Package = z.object({ version: z.string() })

/** Of this program, as its package names it. */
export const VERSION = Package.parse(
  JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')),
).version
