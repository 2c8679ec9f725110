#!/usr/bin/env node
import { register } from 'tsx/esm/api'

register()
// Whoever reads what is written may stop reading (`| head`); what is under way goes on.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error
})
const { main } = await import('../server/cli/main.ts')
process.exitCode = await main(process.argv.slice(2))
