import net from 'node:net'

/** Where the line breaks: at the n-th message of the clients, before the server has it or when it answers. */
export interface Cut {
  at: number
  when: 'before' | 'answered'
}

export interface CutProxy {
  port: number
  /** Messages of the clients that connected since the last `arm`. */
  sent: () => number
  /** Text of the message at which the line broke; undefined while it has not. */
  broken: () => string | undefined
  /** What the server answered there and nobody received. */
  lost: () => string
  arm: (cut: Cut | undefined) => void
  close: () => Promise<void>
}

/** Stands between a client and the database server of a port and breaks the line once, at the message that it was armed for. */
export async function startCutProxy(serverPort: number): Promise<CutProxy> {
  let cut: Cut | undefined
  let count = 0
  let round = 0
  let text: string | undefined
  let lost = ''
  const lines = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const upstream = net.connect(serverPort, '127.0.0.1')
    const ownRound = round
    let isLastAnswer = false
    const drop = () => {
      client.destroy()
      upstream.destroy()
      lines.delete(client)
    }
    lines.add(client)
    for (const socket of [client, upstream]) socket.on('error', drop).on('close', drop)
    client.on('data', (data) => {
      if (ownRound === round) count++
      if (ownRound !== round || count !== cut?.at) return void upstream.write(data)
      text = data.toString('latin1')
      if (cut.when === 'before') return drop()
      isLastAnswer = true
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (!isLastAnswer) return void client.write(data)
      lost += data.toString('utf8')
      drop()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    sent: () => count,
    broken: () => text,
    lost: () => lost,
    arm: (next) => {
      cut = next
      round++
      count = 0
      text = undefined
      lost = ''
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of lines) socket.destroy()
      }),
  }
}
