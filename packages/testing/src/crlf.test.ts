import { expect, test } from 'vitest'
import { crlf } from './crlf.js'

test('a head gets the blank line that ends it', () => {
  const head = crlf`
    GET /_ping HTTP/1.1
    Host: docker
  `
  expect(head).toBe('GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n')
  expect(crlf`GET / HTTP/1.0`).toBe('GET / HTTP/1.0\r\n\r\n')
})

test('a body ends at the last backtick', () => {
  const message = crlf`
    POST /auth HTTP/1.1
    Content-Length: 2

    {}`
  expect(message).toBe('POST /auth HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}')
})

test('a body with line ends keeps them', () => {
  const message = crlf`
    HTTP/1.1 200 OK
    Transfer-Encoding: chunked

    5
    hello
    0

  `
  expect(message).toBe('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n')
})

test('indentation beyond the shared one stays', () => {
  const folded = crlf`
    GET / HTTP/1.1
    X: a
      b
  `
  expect(folded).toBe('GET / HTTP/1.1\r\nX: a\r\n  b\r\n\r\n')
})

test('escapes are read last, and make bare line ends and bytes', () => {
  expect(crlf`A: \n\r\t\0\x7f\u00ff\\n\``).toBe('A: \n\r\t\0\x7f\u00ff\\n`\r\n\r\n')
})

test('values go in as they are', () => {
  const lines = 'one\n  two'
  expect(crlf`
    A: ${lines}
    B: ${7}\n
  `).toBe('A: one\n  two\r\nB: 7\n\r\n\r\n')
})
