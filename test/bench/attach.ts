import { once } from 'node:events'
import { connect } from 'node:net'
import type { Bench } from './bench.js'
import type { Origin } from './origins/origin.js'
import { available, run } from './proxies/running.js'

/** What `docker attach` sends: an upgrade by POST, and then what is typed. */
const request =
  'POST /v1.45/containers/web/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'
const typed = 'typed\n'

/** Tries `docker attach` through each proxy: what the client sees, one line each. The origin sends back what is typed. */
export async function tryAttach(parent: Bench, origin: Origin): Promise<string[]> {
  const lines: string[] = []
  for (const proxy of available(parent)) {
    await using bench = parent.nested()
    const { port } = await run(bench, proxy, origin)
    lines.push(`${proxy.name}: ${await attach(port)}`)
  }
  return lines
}

async function attach(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const limit = setTimeout(() => socket.destroy(new Error('nothing within 2 s')), 2000)
  let received = ''
  let problem = ''
  socket.on('data', (bytes: Buffer) => {
    const open = received.includes('\r\n\r\n')
    received += bytes.toString('latin1')
    if (!open && received.startsWith('HTTP/1.1 101') && received.includes('\r\n\r\n')) socket.write(typed)
    if (received.endsWith(typed)) socket.destroy()
  })
  socket.on('error', (error) => (problem = `, ${error.message}`))
  socket.write(request)
  await once(socket, 'close')
  clearTimeout(limit)
  const [status] = received.split('\r\n', 1)
  if (received === '') return `the connection is closed without an answer${problem}`
  return received.endsWith(typed) ? `${status}, and a tunnel` : `${status}, and no tunnel${problem}`
}
