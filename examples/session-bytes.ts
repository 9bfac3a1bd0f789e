// Says how much each `docker exec` session typed and showed: a wrap around the hijacked connection.
import { Duplex, PassThrough } from 'node:stream'
import { intermediate } from '@intermediate/core'

export default intermediate().use('POST /exec/:id/start', async function sessionBytes(call, next) {
  const reply = await next(call)
  const { tunnel } = reply
  if (tunnel === undefined) return reply
  const typed = counting()
  const shown = counting()
  typed.stream.pipe(tunnel).pipe(shown.stream)
  shown.stream.once('end', () =>
    console.error(`exec ${call.params.id}: ${typed.bytes()} bytes in, ${shown.bytes()} out`),
  )
  return reply.withTunnel(Duplex.from({ writable: typed.stream, readable: shown.stream }))
})

function counting() {
  let bytes = 0
  const stream = new PassThrough()
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  return { stream, bytes: () => bytes }
}
