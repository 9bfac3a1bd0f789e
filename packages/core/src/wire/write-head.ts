import { STATUS_CODES } from 'node:http'
import type { Field } from './head.js'

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/
const originForm = /^\/[\x21-\x7e]*$/

/** True for what a method or the name of a field may be (RFC 9110 section 5.6.2). */
export function isToken(text: string): boolean {
  return token.test(text)
}

/** True for what the value of a field may be, as latin1 (RFC 9110 section 5.5). */
export function isFieldValue(text: string): boolean {
  return fieldValue.test(text)
}

/**
 * The bytes of a request's head.
 * @throws RangeError for what no head can hold; nothing of it is written then.
 */
export function writeRequestHead(
  { method, target, minor }: { method: string; target: string; minor: number },
  fields: Iterable<Field>,
): Buffer {
  if (!isToken(method)) throw new RangeError(`${JSON.stringify(method)} is no method`)
  if (!originForm.test(target)) throw new RangeError(`${JSON.stringify(target)} is no request target`)
  return headBytes(`${method} ${target} HTTP/1.${minor}`, fields)
}

/**
 * The bytes of a reply's head.
 * @throws RangeError for a status, a reason or a field that no HTTP/1.1 message can hold; nothing of it is written then.
 */
export function writeReplyHead(
  status: number,
  fields: Iterable<Field>,
  reason = STATUS_CODES[status] ?? '',
): Buffer {
  if (!Number.isInteger(status) || status < 100 || status > 599)
    throw new RangeError(`${status} is no HTTP status`)
  if (!isFieldValue(reason)) throw new RangeError('the reason has a character that no status line can hold')
  return headBytes(`HTTP/1.1 ${status} ${reason}`, fields)
}

function headBytes(startLine: string, fields: Iterable<Field>): Buffer {
  let text = `${startLine}\r\n`
  for (const [name, value] of fields) {
    if (!isToken(name)) throw new RangeError(`${JSON.stringify(name)} is no field name`)
    if (!isFieldValue(value))
      throw new RangeError(`the value of ${name} has a character that no field can hold`)
    text += `${name}: ${value}\r\n`
  }
  return Buffer.from(`${text}\r\n`, 'latin1')
}
