import { describe, expect, test } from 'vitest'
import type { Field } from './head.js'
import { ReplyHead } from './reply-head.js'
import { writeReplyHead } from './write-head.js'

const written = (status: number, fields: Iterable<Field>, reason?: string): string =>
  writeReplyHead(status, fields, reason).toString('latin1')

describe('the head of a reply', () => {
  test('is the status line and the fields in their order, as they are', () => {
    const fields: Field[] = [
      ['content-TYPE', 'application/json'],
      ['Warning', 'a'],
      ['Warning', 'b'],
      ['Empty', ''],
    ]
    expect(written(403, fields)).toBe(
      'HTTP/1.1 403 Forbidden\r\ncontent-TYPE: application/json\r\nWarning: a\r\nWarning: b\r\nEmpty: \r\n\r\n',
    )
  })

  test('may have another reason, or be of a status without any', () => {
    expect(written(101, [], 'UPGRADED')).toBe('HTTP/1.1 101 UPGRADED\r\n\r\n')
    expect(written(299, [])).toBe('HTTP/1.1 299 \r\n\r\n')
  })

  test('is read as it was written', () => {
    const fields: Field[] = [
      ['Docker-Experimental', 'false'],
      ['Name', 'caf\xe9 \t\xff'],
      ['Content-Length', '12'],
    ]
    const bytes = writeReplyHead(404, fields)
    const head = new ReplyHead(bytes, 0)
    expect(head.read(bytes, bytes.length)).toBe(true)
    expect(head).toMatchObject({ status: 404, contentLength: 12 })
    expect([...head.fields()]).toEqual(fields)
  })

  test.each([0, 99, 600, 1000, 200.5, Number.NaN])('cannot have the status %s', (status) => {
    expect(() => writeReplyHead(status, [])).toThrow(new RangeError(`${status} is no HTTP status`))
  })

  test.each(['', 'a b', 'a:', 'a\r\nb', 'caf\xe9', 'a\x00', 'a\n'])(
    'cannot have a field named %j',
    (name) => {
      expect(() => writeReplyHead(200, [[name, '']])).toThrow(
        new RangeError(`${JSON.stringify(name)} is no field name`),
      )
    },
  )

  test.each(['a\r\nSet-Cookie: b', 'a\n', '\r', '\x00', '\x1b[2J', '\x7f', '\u0100', '€'])(
    'cannot have a field with the value %j',
    (value) => {
      expect(() => writeReplyHead(200, [['Name', value]])).toThrow(
        new RangeError('the value of Name has a character that no field can hold'),
      )
    },
  )

  test('cannot have a reason that ends its line', () => {
    for (const reason of ['OK\r\nName: value', 'OK\n', '\x00', '€'])
      expect(() => writeReplyHead(200, [], reason)).toThrow(
        new RangeError('the reason has a character that no status line can hold'),
      )
  })
})
