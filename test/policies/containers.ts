import type { Layer } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { expect } from 'vitest'
import { request, response } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'

/** An ordinary container as engines list it, with their defaults filled in. */
export function container(
  more: { HostConfig?: object; Mounts?: readonly object[]; Image?: string; Networks?: object } = {},
): object {
  return {
    Id: 'c0ffee'.repeat(10),
    Name: '/web',
    Config: { Image: more.Image ?? 'busybox:latest', Volumes: null },
    HostConfig: {
      Binds: null,
      LogConfig: { Type: 'journald', Config: {} },
      NetworkMode: 'default',
      CapAdd: null,
      CgroupnsMode: 'host',
      IpcMode: 'private',
      Privileged: false,
      SecurityOpt: null,
      Runtime: 'runc',
      ConsoleSize: [0, 0],
      Devices: [],
      MaskedPaths: masked,
      ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
      ...more.HostConfig,
    },
    Mounts: more.Mounts ?? [],
    NetworkSettings: { Networks: { bridge: { NetworkID: 'b1', DriverOpts: null }, ...more.Networks } },
  }
}

const masked = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
]

export const webId = 'c0ffee'.repeat(10)

/** What is there, by the path that asks for it. */
export type There = Readonly<Record<string, object>>

const always: There = {
  '/info': { DefaultRuntime: 'runc', CgroupVersion: '1' },
  '/containers/web/json': container(),
  '/networks/shop': { Id: 'd1', Name: 'shop', Driver: 'bridge', Options: {}, ConfigFrom: { Network: '' } },
  '/exec/e1/json': { ID: 'e1f0', ContainerID: 'web', ProcessConfig: { privileged: false } },
}

export interface Made {
  readonly status: number
  /** What the client is told; '' for a call that passed. */
  readonly message: string
  /** What the engine was made to do, and not only asked. */
  readonly done: readonly { readonly line: string; readonly body: unknown; readonly text: string }[]
}

/**
 * Makes a call past a policy, to an upstream that has these things and does all else that it is told. `body` is sent as
 * JSON, text as it is.
 */
export async function make(
  policy: Layer,
  line: string,
  body: unknown = '',
  there: There = {},
): Promise<Made> {
  const known = { ...always, ...there }
  const engine = answer(({ method, target }) => {
    const path = target.replace(/^\/v[\d.]+/, '')
    const found = method === 'GET' ? known[path] : undefined
    if (found !== undefined) return response('200 OK', JSON.stringify(found))
    if (method === 'GET' && isInspect.test(path))
      return response('404 Not Found', JSON.stringify({ message: `no such thing: ${path}` }))
    return response('200 OK', method === 'HEAD' ? '' : '{}')
  })
  await using to = await setUpWith(intermediate().use(policy), 'unix', engine)
  await using client = await to.client()
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  await client.send(request(line, text === '' ? [] : ['Content-Type: application/json'], text))
  const reply = await client.response({ head: line.startsWith('HEAD') })
  const said = reply.body.toString()
  const done = to.upstream.requests
    .filter(({ method, target }) => !(method === 'GET' && isInspect.test(target)))
    .map(({ method, target, body: sent }) => ({
      line: `${method} ${target}`,
      body: sent.length === 0 ? undefined : (JSON.parse(sent.toString()) as unknown),
      text: sent.toString(),
    }))
  return {
    status: reply.status,
    message: reply.status < 400 || said === '' ? '' : (JSON.parse(said) as { message: string }).message,
    done,
  }
}

const isInspect =
  /^(?:\/v[\d.]+)?\/(?:containers\/.+\/json|volumes\/[^/]+|networks\/[^/]+|services\/[^/]+|exec\/[^/]+\/json|info)$/

/** It is refused in that sentence, and nothing reaches the engine but questions. */
export async function expectRefused(
  policy: Layer,
  line: string,
  body: unknown,
  message: string | RegExp,
  there?: There,
) {
  const { status, message: said, done } = await make(policy, line, body, there)
  expect({ status, said, done }).toEqual({
    status: 403,
    said: typeof message === 'string' ? message : expect.stringMatching(message),
    done: [],
  })
}

/** It reaches the engine with the same body, at the same place or at that of the id that was looked at. */
export async function expectPassed(
  policy: Layer,
  line: string,
  body: unknown = '',
  there?: There,
  sentLine = line,
) {
  const { status, message, done } = await make(policy, line, body, there)
  expect({ status, message, lines: done.map((each) => each.line) }).toEqual({
    status: 200,
    message: '',
    lines: [sentLine],
  })
  if (body !== '') expect(done[0]!.body).toEqual(typeof body === 'string' ? JSON.parse(body) : body)
}
