// Uploads one chunked body for a while: PORT PATH SECONDS. Its time is over when the answer is there.
// Prints {"bytes", "seconds", "cpu"}: the content, in which time, and the processor time that this took.
import { connect } from 'node:net'
import { chunks, content } from './chunks.js'
import { report, stopwatch } from './stopwatch.js'

const [port, path, seconds] = process.argv.slice(2)
const elapsed = stopwatch()
const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
let blocks = 0
let over = false
let answer = ''

socket.write(`POST ${path} HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n`)
socket.on('drain', pump)
pump()

function pump() {
  while (!over) {
    if (elapsed().seconds >= seconds) {
      over = true
      socket.write('0\r\n\r\n')
      return
    }
    blocks++
    if (!socket.write(chunks)) return
  }
}

socket.setEncoding('latin1')
socket.on('data', (text) => {
  answer += text
  const received = /"bytes":(\d+)/.exec(answer)?.[1]
  if (received === undefined) return
  const bytes = blocks * content.length
  if (Number(received) !== bytes) fail(`The origin got ${received} of ${bytes} bytes.`)
  report({ bytes, ...elapsed() })
  process.exit()
})
socket.on('end', () => fail(`The proxy ended the connection: ${answer.split('\r\n', 1)[0]}`))
socket.on('error', (error) => fail(error.message))

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
