import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { JsonObject, JsonValue } from '../../packages/core/src/json/json-value.js'
import { parseJson } from '../../packages/core/src/json/parse-json.js'
import { writeJson } from '../../packages/core/src/json/write-json.js'
import { httpOptions } from './http-options.js'

export type Create = 'POST /containers/create' | 'POST /volumes/create' | 'POST /networks/create'

export interface Made {
  readonly status: number
  readonly message?: JsonValue
  readonly object?: JsonObject
}

/** What the engine makes of a body. It is removed again. */
export async function made(address: string, endpoint: Create, body: Buffer): Promise<Made> {
  const created = await ask(address, 'POST', endpoint.slice('POST '.length), body)
  if (created.status !== 201) return { status: created.status, message: created.value['message'] ?? '' }
  const id = (created.value['Id'] ?? created.value['Name']) as string
  const path = endpoint.replace(/^POST (.*)\/create$/, `$1/${id}`)
  try {
    const { value } = await ask(address, 'GET', path === `/containers/${id}` ? `${path}/json` : path)
    return { status: 201, object: keptOf(value, id) }
  } finally {
    await ask(address, 'DELETE', path)
  }
}

/** What the engine keeps of a body, without what it chose itself. */
function keptOf(value: JsonObject, id: string): JsonObject {
  const { Config, HostConfig, NetworkSettings, Driver, Options, Labels, Internal, IPAM } = value
  const kept = { Config, HostConfig, NetworkSettings, Driver, Options, Labels, Internal, IPAM }
  return parseJson(Buffer.from(writeJson(kept).toString().replaceAll(id.slice(0, 12), 'ID'))) as JsonObject
}

export async function ask(
  address: string,
  method: string,
  path: string,
  body?: Buffer,
): Promise<{ status: number; value: JsonObject; text: string }> {
  const headers = {
    Host: 'docker',
    ...(body && { 'Content-Type': 'application/json', 'Content-Length': body.length }),
  }
  const call = request({ ...httpOptions(address), method, path, headers, agent: false })
  call.end(body)
  const [reply] = (await once(call, 'response')) as [IncomingMessage]
  const bytes = await buffer(reply)
  const value = bytes.length > 0 ? (parseJson(bytes) as JsonObject) : {}
  return { status: reply.statusCode ?? 0, value, text: bytes.toString() }
}
