import { gzipSync } from 'node:zlib'
import type { Disagreement, EngineName, Seen } from './disagreement.js'
import { chunked, everywhere, form, json, nowhere } from './disagreement.js'

const create = '{"Image":"busybox:latest","HostConfig":{"Privileged":true}}'

/** What heads say of a body, and what the engine makes of that. */
const heads: readonly (readonly [
  name: string,
  fields: readonly string[],
  seen: string | number,
  applied: readonly EngineName[],
  body?: string,
])[] = [
  ['another charset', ['Content-Type: application/json; charset=utf-16'], create, everywhere],
  ['a charset that nobody knows', ['Content-Type: application/json;charset=x'], create, everywhere],
  ['a media type in upper case', ['Content-Type: APPLICATION/JSON'], create, everywhere],
  ['another media type', ['Content-Type: text/plain'], create, nowhere],
  ['a media type like JSON', ['Content-Type: application/vnd.docker+json'], create, nowhere],
  ['two media types', [...json, 'Content-Type: text/plain'], create, everywhere],
  ['a form behind JSON', [...json, ...form], 415, everywhere],
  ['a form before JSON', [...form, ...json], 415, nowhere],
  ['a form', form, 415, nowhere],
  ['a form with a dotted I', ['Content-Type: appl\xc4\xb0cation/x-www-form-urlencoded'], 415, nowhere],
  ['gzip that it is not', [...json, 'Content-Encoding: gzip'], create, everywhere],
  ['deflate that it is not', [...json, 'Content-Encoding: deflate, br'], create, everywhere],
  ['gzip', [...json, 'Content-Encoding: gzip'], 400, nowhere, gzipSync(create).toString('latin1')],
  ['gzip that nobody mentions', json, 400, nowhere, gzipSync(create).toString('latin1')],
  ['chunks', [...json, chunked], create, everywhere],
  ['chunks and a trailer', [...json, 'Trailer: Content-Type', chunked], create, everywhere],
]

const createSeen = (body: string): Seen => ({
  endpoint: 'POST /containers/create',
  query: { name: 'MADE' },
  ...(body !== '' && { body }),
})

export const bodyHeads: readonly Disagreement[] = heads.map(
  ([name, fields, seen, applied, body = create]): Disagreement => ({
    name: `a container, the head of which says ${name}`,
    aim: 'a container with more rights',
    line: 'POST /containers/create?name=MADE',
    fields,
    body,
    seen: typeof seen === 'number' ? seen : createSeen(seen),
    applied,
  }),
)
