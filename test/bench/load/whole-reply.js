// Reads one chunked reply to its end: PORT PATH. Prints {"bytes", "seconds", "cpu"}, as download.js does.
import { connect } from 'node:net'
import { ChunkedContent } from './chunked-content.js'
import { report, stopwatch } from './stopwatch.js'

const [port, path] = process.argv.slice(2)
const elapsed = stopwatch()
const content = new ChunkedContent()
let head = ''
let isHeadRead = false

const socket = connect({
  port: Number(port),
  host: '127.0.0.1',
  noDelay: true,
  onread: {
    buffer: Buffer.allocUnsafeSlow(1024 * 1024),
    callback(length, buffer) {
      content.take(isHeadRead ? buffer.subarray(0, length) : behindHead(buffer.subarray(0, length)))
      if (content.done) {
        report({ bytes: content.bytes, ...elapsed() })
        process.exit()
      }
      return true
    },
  },
})
socket.on('end', () => fail(`The proxy ended the connection after ${content.bytes} bytes of the content.`))
socket.on('error', (error) => fail(error.message))
socket.write(`GET ${path} HTTP/1.1\r\nHost: docker\r\n\r\n`)

function behindHead(bytes) {
  const before = head.length
  head += bytes.toString('latin1')
  const end = head.indexOf('\r\n\r\n')
  if (end < 0) return bytes.subarray(bytes.length)
  if (!head.startsWith('HTTP/1.1 200')) fail(head.split('\r\n', 1)[0])
  isHeadRead = true
  return bytes.subarray(end + 4 - before)
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
