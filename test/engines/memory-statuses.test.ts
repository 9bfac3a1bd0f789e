import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { memoryEngine } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { findEngines, noEngine, required } from './engines.js'
import { httpOptions } from './http-options.js'

/** Calls in their order, with their bodies; NAME is a name of this run. */
const steps: readonly (readonly [call: string, body?: object])[] = [
  ['GET /_ping'],
  ['HEAD /_ping'],
  ['POST /_ping'],
  ['GET /v1.41/version'],
  ['GET /v1.99/version'],
  ['GET /v1.2/version'],
  ['GET /nosuch'],
  ['HEAD /info'],
  ['GET /Info'],
  ['GET //info'],
  ['GET /containers/../info'],
  ['GET /containers%2fjson'],

  ['POST /containers/create?name=NAME'],
  ['POST /containers/create?name=NAME', {}],
  ['POST /containers/create?name=NAME', { Image: 'BAD NAME' }],
  ['POST /containers/create?name=NAME', { Image: 'busybox', HostConfig: { Memory: 1 } }],
  ['POST /containers/create?name=NAME', { Image: 'busybox', WorkingDir: 'here' }],
  ['POST /containers/create?name=-', { Image: 'busybox' }],
  ['POST /containers/create?name=NAME', { Image: 'busybox', Cmd: ['sleep', '100'], Labels: { a: 'b' } }],
  ['POST /containers/create?name=NAME', { Image: 'busybox' }],
  ['GET /containers/NAME/json'],
  ['GET /containers/%2fNAME/json'],
  ['GET /containers/NAME/top'],
  ['GET /containers/NAME/logs'],
  ['GET /containers/NAME/logs?stdout=1'],
  ['GET /containers/NAME/changes'],
  ['POST /containers/NAME/stop'],
  ['POST /containers/NAME/kill'],
  ['POST /containers/NAME/pause'],
  ['POST /containers/NAME/unpause'],
  ['POST /containers/NAME/exec', { Cmd: ['true'] }],
  ['POST /containers/NAME/resize?h=1&w=1'],
  ['POST /containers/NAME/wait?condition=nonsense'],
  ['POST /containers/NAME/start'],
  ['POST /containers/NAME/start'],
  ['GET /containers/NAME/top'],
  ['GET /containers/NAME/stats?stream=0&one-shot=1'],
  ['POST /containers/NAME/exec', {}],
  ['POST /containers/NAME/exec', { Cmd: ['true'] }],
  ['POST /containers/NAME/kill?signal=nonsense'],
  ['POST /containers/NAME/kill?signal=WINCH'],
  ['POST /containers/NAME/pause'],
  ['POST /containers/NAME/pause'],
  ['POST /containers/NAME/exec', { Cmd: ['true'] }],
  ['POST /containers/NAME/unpause'],
  ['POST /containers/NAME/unpause'],
  ['POST /containers/NAME/resize?h=x&w=1'],
  ['POST /containers/NAME/update', { CpuShares: 512 }],
  ['POST /containers/NAME/rename'],
  ['POST /containers/NAME/rename?name=NAME'],
  ['POST /containers/NAME/rename?name=-'],
  ['HEAD /containers/NAME/archive?path=/etc/passwd'],
  ['HEAD /containers/NAME/archive?path=/none'],
  ['GET /containers/NAME/archive'],
  ['GET /containers/NAME/archive?path=/none'],
  ['GET /containers/NAME/archive?path=/etc/passwd'],
  ['DELETE /containers/NAME'],
  ['POST /containers/NAME/restart?t=0'],
  ['POST /containers/NAME/stop?t=0'],
  ['POST /containers/NAME/stop?t=0'],
  ['POST /containers/NAME/wait'],
  ['GET /containers/json?filters=nonsense'],
  ['GET /containers/json?filters={"nonsense":["x"]}'],
  ['GET /containers/json?filters={"status":["nonsense"]}'],
  ['GET /containers/json?filters={"name":["NAME"]}'],
  ['DELETE /containers/NAME'],
  ['DELETE /containers/NAME'],
  ['POST /containers/NAME/start'],
  ['POST /containers/NAME/wait'],
  ['POST /containers/NAME/exec', { Cmd: ['true'] }],
  ['GET /exec/none/json'],
  ['POST /exec/none/resize?h=1&w=1'],

  ['POST /containers/create?name=NAME', { Image: 'busybox', Cmd: ['nosuch'] }],
  ['POST /containers/NAME/start'],
  ['DELETE /containers/NAME'],
  ['POST /containers/create?name=NAME', { Image: 'busybox', HostConfig: { NetworkMode: 'nosuch' } }],
  ['POST /containers/NAME/start'],
  ['DELETE /containers/NAME'],
  ['POST /containers/create', { Image: 'busybox', HostConfig: { Binds: ['a b:/x'] } }],
  ['POST /containers/create', { Image: 'busybox', HostConfig: { RestartPolicy: { Name: 'sometimes' } } }],
  ['POST /containers/create', { Image: 'busybox', Env: ['=x'] }],

  ['GET /images/nosuch/json'],
  ['GET /images/busybox/json'],
  ['GET /images/busybox/history'],
  ['GET /images/json?filters={"nonsense":["x"]}'],
  ['POST /images/nosuch/tag?repo=NAME'],
  ['POST /images/busybox/tag?repo=NAME&tag=x'],
  ['POST /images/busybox/tag?repo=BAD%20NAME'],
  ['DELETE /images/NAME:x'],
  ['DELETE /images/NAME:x'],

  ['POST /networks/create', {}],
  ['POST /networks/create', { Name: 'host' }],
  ['POST /networks/create', { Name: 'NAME', CheckDuplicate: true }],
  ['POST /networks/create', { Name: 'NAME', CheckDuplicate: true }],
  ['GET /networks/NAME'],
  ['GET /networks?filters={"nonsense":["x"]}'],
  ['POST /containers/create?name=NAME', { Image: 'busybox', Cmd: ['sleep', '100'] }],
  ['POST /containers/NAME/start'],
  ['POST /networks/NAME/connect', { Container: 'NAME' }],
  ['POST /networks/NAME/connect', { Container: 'NAME' }],
  ['POST /networks/NAME/connect', { Container: 'nosuch' }],
  ['POST /networks/nosuch/connect', { Container: 'NAME' }],
  ['DELETE /networks/NAME'],
  ['POST /networks/NAME/disconnect', { Container: 'NAME' }],
  ['POST /networks/NAME/disconnect', { Container: 'NAME' }],
  ['DELETE /containers/NAME?force=1'],
  ['DELETE /networks/NAME'],
  ['DELETE /networks/NAME'],
  ['DELETE /networks/bridge'],

  ['POST /volumes/create', { Name: 'NAME' }],
  ['POST /volumes/create', { Name: 'NAME' }],
  ['POST /volumes/create', { Name: 'a b' }],
  ['GET /volumes/NAME'],
  ['GET /volumes/nosuch'],
  ['POST /containers/create?name=NAME', { Image: 'busybox', HostConfig: { Binds: ['NAME:/data'] } }],
  ['DELETE /volumes/NAME'],
  ['DELETE /containers/NAME'],
  ['DELETE /volumes/NAME'],
  ['DELETE /volumes/NAME'],
  ['DELETE /volumes/NAME?force=1'],

  ['GET /swarm'],
  ['GET /services'],
  ['GET /nodes'],
  ['GET /tasks'],
  ['GET /secrets'],
  ['GET /plugins'],
  ['GET /plugins/nosuch/json'],
]

/** What 20.10 answered before it knew better: what is wrong with a call was often the fault of the engine. */
const before26: Readonly<Record<string, number>> = {
  'POST /containers/create?name=NAME': 500,
  'POST /containers/NAME/wait?condition=nonsense': 200,
  'GET /containers/json?filters=nonsense': 500,
  'POST /images/busybox/tag?repo=BAD%20NAME': 500,
  'POST /networks/create {}': 500,
}

const engines = await findEngines()
const run = `im-${randomBytes(3).toString('hex')}`

describe('the engine in memory answers with the statuses of', () => {
  if (engines.length === 0) it.skipIf(!required)(noEngine, () => expect.fail(noEngine))
  it.for(engines)('$name', async ({ name, address }) => {
    await using memory = await memoryEngine({ images: ['busybox'] })
    const otherwise: Record<string, number> = {}
    for (const [call, body] of steps) {
      const status = await statusAt(address, call, body)
      if (status !== (await statusAt(memory.address, call, body))) {
        otherwise[`${call} ${JSON.stringify(body) ?? ''}`.trim()] = status
      }
    }
    expect(otherwise).toEqual(name === 'engine 20.10' ? before26 : {})
  })
})

async function statusAt(address: string, call: string, body: object | undefined): Promise<number> {
  const [method, path = ''] = call.replaceAll('NAME', run).split(/ (.*)/)
  const sent = body && JSON.stringify(body).replaceAll('NAME', run)
  const headers = sent && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(sent) }
  const message = request({
    ...httpOptions(address),
    method,
    path: path.replaceAll(/[{}"]/g, encodeURIComponent),
    headers: { Host: 'docker', ...headers },
    agent: false,
  })
  message.end(sent)
  const [reply] = (await once(message, 'response')) as [IncomingMessage]
  reply.resume()
  await once(reply, 'end')
  return reply.statusCode ?? 0
}
