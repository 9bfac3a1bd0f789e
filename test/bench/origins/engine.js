// An origin that answers as the engine does where bodies or connections are long: PORT.
// It reads and writes bytes itself, since it must be faster than every proxy before it.
import { createHash } from 'node:crypto'
import { createServer, Socket } from 'node:net'
import { chunkOf, chunks } from '../load/chunks.js'
import { ChunkedContent } from '../load/chunked-content.js'
import { containers, events } from '../load/docker-replies.js'

const port = Number(process.argv[2])

createServer({ pauseOnConnect: true, noDelay: true }, serve).listen(port, '127.0.0.1')

function serve(accepted) {
  let take = readHead
  // Node has no other way to give an accepted connection a buffer to read into, without which every read allocates one.
  const socket = new Socket({
    handle: accepted._handle,
    onread: {
      buffer: Buffer.allocUnsafeSlow(1024 * 1024),
      callback(length, buffer) {
        take(buffer.subarray(0, length))
        return true
      },
    },
  })
  accepted._handle = null
  socket.on('error', () => socket.destroy())
  socket.resume()
  socket.read(0)

  let head = ''
  function readHead(bytes) {
    const before = head.length
    head += bytes.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    take = answer(socket, head.slice(0, end))
    const rest = bytes.subarray(end + 4 - before)
    if (rest.length > 0) take(rest)
  }
}

/** Answers a request, and returns what takes the bytes after its head. */
function answer(socket, head) {
  const { pathname, searchParams } = new URL(head.split(' ', 2)[1], 'http://origin')
  switch (pathname.replace(/^\/v[\d.]+/, '')) {
    case '/containers/json':
      sendItems(socket, containers, searchParams)
      return ignore
    case '/containers/create':
      return receive(socket, head, true)
    case '/events':
      if (searchParams.has('thousands')) {
        sendItems(socket, events, searchParams)
        return ignore
      }
      socket.write(`${ok('application/json')}Transfer-Encoding: chunked\r\n\r\n`)
      socket.write(chunkOf(Buffer.from('{"Type":"container","Action":"start"}\n')))
      return ignore
    case '/containers/web/export':
      send(socket, Number(searchParams.get('blocks') ?? Infinity))
      return ignore
    case '/images/load':
      return receive(socket, head, searchParams.has('hash'))
    case '/containers/web/attach':
      socket.write(
        'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
      )
      return (bytes) => socket.write(Buffer.from(bytes))
    default:
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return ignore
  }
}

function ok(type) {
  return `HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Type: ${type}\r\n`
}

/** Sends a chunked body of so many blocks. */
function send(socket, blocks) {
  sendBlocks(socket, 'application/x-tar', repeated(chunks, blocks))
}

function sendItems(socket, items, searchParams) {
  sendBlocks(socket, 'application/json', items.blocks(Number(searchParams.get('thousands'))))
}

function* repeated(block, count) {
  for (let left = count; left > 0; left--) yield block
}

/** Sends a chunked body of these blocks, which have their framing. */
function sendBlocks(socket, type, blocks) {
  socket.write(`${ok(type)}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`)
  const pump = () => {
    for (;;) {
      const { value, done } = blocks.next()
      if (done) break
      if (!socket.write(value)) return
    }
    socket.off('drain', pump)
    socket.end('0\r\n\r\n')
  }
  socket.on('drain', pump)
  pump()
}

/** Takes a body, and says how long it was. */
function receive(socket, head, hashed) {
  const hash = hashed ? createHash('sha256') : undefined
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  const content =
    length === undefined
      ? new ChunkedContent((bytes) => hash?.update(bytes))
      : new CountedContent(Number(length), hash)
  return (bytes) => {
    content.take(bytes)
    if (!content.done) return
    const body = JSON.stringify({ bytes: content.bytes, hash: hash?.digest('hex') })
    socket.end(`${ok('application/json')}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  }
}

class CountedContent {
  bytes = 0
  constructor(length, hash) {
    this.length = length
    this.hash = hash
  }
  get done() {
    return this.bytes >= this.length
  }
  take(bytes) {
    this.bytes += bytes.length
    this.hash?.update(bytes)
  }
}

function ignore() {}
