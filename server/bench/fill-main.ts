import { fill, type Filling } from './fill.ts'

/** The child process of `fillApart`. */
async function main(): Promise<void> {
  const filling = JSON.parse(process.argv[2] ?? '{}') as Filling
  const filled = await fill(filling, (say) => process.send?.({ say }))
  process.send?.({ filled })
  process.disconnect()
}

await main()
