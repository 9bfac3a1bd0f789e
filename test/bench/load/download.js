// Downloads for a while: PORT PATH SECONDS. What has a length is asked for again and again, what has none is cut.
// Prints {"bytes", "seconds", "cpu"}: what came, in which time, and the processor time that this took.
import { connect } from 'node:net'
import { report, stopwatch } from './stopwatch.js'

const [port, path, seconds] = process.argv.slice(2)
const request = `GET ${path} HTTP/1.1\r\nHost: docker\r\n\r\n`
const elapsed = stopwatch()
let bytes = 0
let head = ''
/** Of the current reply; undefined until its head is there. */
let left

const socket = connect({
  port: Number(port),
  host: '127.0.0.1',
  noDelay: true,
  onread: {
    buffer: Buffer.allocUnsafeSlow(1024 * 1024),
    callback(length, buffer) {
      bytes += length
      if (left === undefined) readHead(buffer.toString('latin1', 0, length))
      else left -= length
      if (elapsed().seconds >= seconds) finish()
      else if (left === 0) ask()
      return true
    },
  },
})
socket.on('end', () => fail('The proxy ended the connection.'))
socket.on('error', (error) => fail(error.message))
ask()

function ask() {
  left = undefined
  head = ''
  socket.write(request)
}

function readHead(text) {
  head += text
  const end = head.indexOf('\r\n\r\n')
  if (end < 0) return
  if (!head.startsWith('HTTP/1.1 200')) fail(head.split('\r\n', 1)[0])
  const length = /^content-length: *(\d+)/im.exec(head.slice(0, end + 2))?.[1]
  left = length === undefined ? Infinity : Number(length) - (head.length - end - 4)
}

function finish() {
  report({ bytes, ...elapsed() })
  process.exit()
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
