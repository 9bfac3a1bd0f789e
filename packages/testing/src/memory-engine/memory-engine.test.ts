import { once } from 'node:events'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { memoryEngine } from './memory-engine.js'
import type { MemoryEngine } from './memory-engine.js'

/** An engine without a socket, and a container in it. */
async function engineWith(name: string, ...Cmd: string[]): Promise<MemoryEngine> {
  const engine = await memoryEngine({ listen: false })
  const reply = await engine.request(`POST /containers/create?name=${name}`, {
    body: { Image: 'busybox', Cmd },
  })
  expect(reply.status).toBe(201)
  return engine
}

async function statusOf(engine: MemoryEngine, call: string, body?: object): Promise<number> {
  const reply = await engine.request(call, body ? { body } : {})
  reply.body.resume()
  return reply.status
}

async function messageOf(engine: MemoryEngine, call: string, body?: object): Promise<unknown> {
  return ((await (await engine.request(call, body ? { body } : {})).json()) as { message: unknown }).message
}

describe('is where it says', () => {
  it.each(['unix', 'tcp'] as const)('%s', async (listen) => {
    await using engine = await memoryEngine({ listen })
    const { protocol, pathname, hostname, port } = new URL(engine.address)
    const socket = protocol === 'unix:' ? connect(pathname) : connect(Number(port), hostname)
    socket.end('GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await textOf(socket)).toMatch(/^HTTP\/1.1 200 OK\r\nApi-Version: 1.55\r\n[^]*\r\n\r\nOK$/)
  })

  it('or nowhere', async () => {
    await using engine = await memoryEngine({ listen: false })
    expect(() => engine.address).toThrow('This engine does not listen: leave out `listen: false`')
    expect(await (await engine.request('GET /_ping')).text()).toBe('OK')
  })
})

it('says where it cannot be', async () => {
  await using engine = await memoryEngine({ listen: 'tcp' })
  await expect(memoryEngine({ listen: engine.address })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await expect(memoryEngine({ listen: 'nowhere' })).rejects.toThrow('"nowhere" is no address')
})

describe('versions', () => {
  it.each([
    ['/v1.41/info', 200],
    ['/v1.55/info', 200],
    ['/info', 200],
    ['/v1.41.0/_ping', 200],
    ['/v1.40/info', 400],
    ['/v1.56/info', 400],
    ['/v1.9/info', 400],
    ['/v2.0/info', 400],
  ])('%s: %i', async (path, status) => {
    await using engine = await memoryEngine({ listen: false })
    expect(await statusOf(engine, `GET ${path}`)).toBe(status)
  })

  it('an older engine can be had', async () => {
    await using engine = await memoryEngine({ listen: false, apiVersion: '1.45' })
    expect((await engine.request('HEAD /_ping')).headers).toMatchObject({
      'api-version': '1.45',
      ostype: 'linux',
    })
    expect(await messageOf(engine, 'GET /v1.46/info')).toBe(
      'client version 1.46 is too new: this engine speaks up to 1.45',
    )
    await expect(memoryEngine({ apiVersion: '1.60' })).rejects.toThrow(
      'The engine in memory speaks API 1.41 to 1.55, not 1.60.',
    )
  })

  it('what has changed between versions', async () => {
    await using engine = await engineWith('web', 'sleep', '100')
    await engine.request('POST /containers/web/start')
    const settings = async (version: string) => {
      const reply = await engine.request(`GET /v${version}/containers/web/json`)
      return ((await reply.json()) as { NetworkSettings: object }).NetworkSettings
    }
    expect(await settings('1.51')).toHaveProperty('IPAddress', '172.17.0.2')
    expect(await settings('1.52')).not.toHaveProperty('IPAddress')
    const event = async (version: string) =>
      (await engine.request(`GET /v${version}/events?since=1&until=${Date.now() / 1000}`)).text()
    expect(await event('1.51')).toContain('{"status":"create"')
    expect(await event('1.52')).not.toContain('"status"')
  })
})

describe('paths', () => {
  it.each([
    ['GET /nosuch', 404],
    ['POST /info', 404],
    ['HEAD /info', 404],
    ['GET /Containers/json', 404],
    ['GET //info', 301],
    ['GET /containers/../info', 301],
    ['GET /containers/%2fweb/json', 301],
    ['GET /containers%2fjson', 200],
    ['GET /%63ontainers/json', 200],
    ['GET /networks/', 200],
    ['GET /%', 404],
  ])('%s: %i', async (call, status) => {
    await using engine = await memoryEngine({ listen: false })
    expect(await statusOf(engine, call)).toBe(status)
  })
})

describe('a container', () => {
  it('goes from state to state', async () => {
    await using engine = await engineWith('web', 'sleep', '100')
    const steps: [string, number][] = [
      ['POST /containers/web/stop', 304],
      ['POST /containers/web/pause', 409],
      ['POST /containers/web/start', 204],
      ['POST /containers/web/start', 304],
      ['POST /containers/web/pause', 204],
      ['POST /containers/web/pause', 409],
      ['POST /containers/web/start', 409],
      ['POST /containers/web/exec', 400],
      ['POST /containers/web/unpause', 204],
      ['POST /containers/web/unpause', 500],
      ['POST /containers/web/kill?signal=nonsense', 400],
      ['POST /containers/web/kill?signal=USR1', 204],
      ['DELETE /containers/web', 409],
      ['POST /containers/web/rename?name=web', 400],
      ['POST /containers/web/rename?name=-', 400],
      ['POST /containers/web/restart?t=0', 204],
      ['POST /containers/web/stop?t=x', 400],
      ['POST /containers/web/stop?t=0', 204],
      ['POST /containers/web/kill', 409],
      ['GET /containers/web/top', 409],
      ['POST /containers/web/rename?name=gone', 204],
      ['DELETE /containers/gone', 204],
      ['DELETE /containers/gone', 404],
    ]
    for (const [call, status] of steps) expect([call, await statusOf(engine, call)]).toEqual([call, status])
  })

  it.each<[string, object | undefined, number, string]>([
    ['?name=web', { Image: 'busybox' }, 409, 'Conflict. The name "/web" is already in use by container '],
    ['?name=x y', { Image: 'busybox' }, 400, 'Invalid container name (x y): '],
    ['', {}, 400, 'the configuration is empty: a container needs an Image'],
    ['', undefined, 400, 'the body is missing: send JSON'],
    ['', { Image: 7 }, 400, 'the body cannot be used: Image must be a string'],
    ['', { Image: 'BAD NAME' }, 400, '"BAD NAME" has an invalid reference format'],
    ['', { Image: 'b', HostConfig: { NetworkMode: 'container:none' } }, 404, 'No such container: none'],
    ['', { Image: 'b', HostConfig: { Memory: 1 } }, 400, 'the minimum memory limit allowed is 6MB'],
    ['', { Image: 'b', HostConfig: { Binds: ['a:b:c:d'] } }, 400, 'invalid volume specification "a:b:c:d"'],
    ['', { Image: 'b', HostConfig: { Binds: ['a b:/x'] } }, 400, 'the volume name "a b" is invalid'],
    [
      '',
      { Image: 'b', HostConfig: { Mounts: [{ Type: 'image', Target: '/x' }] } },
      400,
      'mount type "image" is unknown here',
    ],
    [
      '',
      { Image: 'b', HostConfig: { RestartPolicy: { Name: 'sometimes' } } },
      400,
      'invalid restart policy sometimes',
    ],
    [
      '',
      { Image: 'b', WorkingDir: 'here' },
      400,
      'the working directory "here" is invalid: it must be absolute',
    ],
    [
      '',
      { Image: 'moby/buildkit:x' },
      501,
      'the engine in memory cannot build images: use a real engine for that',
    ],
  ])('is not made with create%s %j', async (query, body, status, message) => {
    await using engine = await engineWith('web', 'true')
    const reply = await engine.request(
      `POST /containers/create${query.replace(' ', '%20')}`,
      body ? { body } : {},
    )
    expect(reply.status).toBe(status)
    expect(((await reply.json()) as { message: string }).message).toContain(message)
  })

  it('is found by name, by id and by the beginning of one, if that is enough', async () => {
    await using engine = await engineWith('web', 'true')
    const { Id } = (await (await engine.request('GET /containers/web/json')).json()) as { Id: string }
    for (const name of ['web', Id, Id.slice(0, 12), Id.slice(0, 4)]) {
      expect(await statusOf(engine, `GET /containers/${encodeURIComponent(name)}/json`)).toBe(200)
    }
    for (let count = 0; count < 20; count++)
      await statusOf(engine, 'POST /containers/create', { Image: 'busybox' })
    const list = (await (await engine.request('GET /containers/json?all=1')).json()) as { Id: string }[]
    const first = list.map((one) => one.Id[0]).find((digit, index, all) => all.indexOf(digit) !== index)
    expect(await messageOf(engine, `GET /containers/${first}/json`)).toMatch(
      / is ambiguous: \d+ containers have an id that begins so/,
    )
  })

  it('whose command is not there fails as the runtime says, and stays', async () => {
    await using engine = await engineWith('web', 'nosuch')
    expect(await messageOf(engine, 'POST /containers/web/start')).toContain(
      'exec: "nosuch": executable file not found in $PATH',
    )
    expect(await (await engine.request('GET /containers/web/json')).json()).toMatchObject({
      State: { Status: 'created', ExitCode: 127 },
    })
  })

  it('is removed when it ends, where that was asked for', async () => {
    await using engine = await memoryEngine({ listen: false })
    const body = { Image: 'busybox', Cmd: ['sh', '-c', 'exit 3'], HostConfig: { AutoRemove: true } }
    await engine.request('POST /containers/create?name=web', { body })
    const waiting = await engine.request('POST /containers/web/wait?condition=removed')
    await engine.request('POST /containers/web/start')
    expect(await waiting.json()).toEqual({ StatusCode: 3 })
    expect(await statusOf(engine, 'GET /containers/web/json')).toBe(404)
  })

  it('is started again by its policy, until it is stopped', async () => {
    await using engine = await memoryEngine({ listen: false })
    const body = {
      Image: 'busybox',
      Cmd: ['sh', '-c', 'echo once'],
      HostConfig: { RestartPolicy: { Name: 'always' } },
    }
    await engine.request('POST /containers/create?name=web', { body })
    await engine.request('POST /containers/web/start')
    const logs = await engine.request('GET /events?filters={"event":["start"]}')
    await once(logs.body, 'data')
    logs.body.destroy()
    await engine.request('POST /containers/web/stop')
    const { RestartCount } = (await (await engine.request('GET /containers/web/json')).json()) as {
      RestartCount: number
    }
    expect(RestartCount).toBeGreaterThan(0)
  })
})

describe('a hijacked connection', () => {
  const upgrade = { Upgrade: 'tcp' }

  it('is switched to where that was asked for, and carries both halves', async () => {
    await using engine = await memoryEngine({ listen: false })
    const body = { Image: 'busybox', Cmd: ['cat'], OpenStdin: true, StdinOnce: true }
    await engine.request('POST /containers/create?name=web', { body })
    const { status, headers, tunnel } = await engine.request(
      'POST /containers/web/attach?stream=1&stdin=1&stdout=1',
      { headers: upgrade },
    )
    expect([status, headers['content-type']]).toEqual([101, 'application/vnd.docker.multiplexed-stream'])
    await engine.request('POST /containers/web/start')
    tunnel!.end('typed')
    expect(await textOf(tunnel!)).toBe('\x01\0\0\0\0\0\0\x05typed')
  })

  it('is taken over without being asked', async () => {
    await using engine = await engineWith('web', 'sh', '-c', 'echo out; echo err >&2')
    const socket = engine.connect()
    socket.write('POST /containers/web/attach?stream=1&stderr=1 HTTP/1.1\r\nHost: x\r\n\r\n')
    const [head] = (await once(socket, 'data')) as [Buffer]
    expect(head.toString()).toBe('HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n')
    await engine.request('POST /containers/web/start')
    expect(await textOf(socket)).toBe('\x02\0\0\0\0\0\0\x04err\n')
  })

  it.each([
    ['1.41', false, 'raw'],
    ['1.42', false, 'multiplexed'],
    ['1.42', true, 'raw'],
  ])('has in %s with tty %s the type %s', async (version, Tty, type) => {
    await using engine = await memoryEngine({ listen: false })
    await engine.request('POST /containers/create?name=web', {
      body: { Image: 'busybox', Cmd: ['true'], Tty },
    })
    const reply = await engine.request(`POST /v${version}/containers/web/attach?stream=1&stdout=1`, {
      headers: upgrade,
    })
    expect(reply.headers['content-type']).toBe(`application/vnd.docker.${type}-stream`)
    await engine.request('POST /containers/web/start')
    await textOf(reply.tunnel!)
    const logs = await engine.request(`GET /v${version}/containers/web/logs?stdout=1`)
    expect(logs.headers['content-type']).toBe(`application/vnd.docker.${type}-stream`)
  })

  it('reads the body of exec/start first, in one write or in two, with a length or in chunks', async () => {
    await using engine = await engineWith('web', 'sleep', '100')
    await engine.request('POST /containers/web/start')
    const json = '{"Tty":false}'
    const bodies = [
      [`Content-Length: ${json.length}\r\n\r\n`, json],
      ['Transfer-Encoding: chunked\r\n\r\n', `d\r\n${json}\r\n0\r\n\r\n`],
    ] as const
    for (const [framing, body] of bodies) {
      for (const separate of [false, true]) {
        const Cmd = ['cat']
        const made = await engine.request('POST /containers/web/exec', {
          body: { Cmd, AttachStdin: true, AttachStdout: true },
        })
        const { Id } = (await made.json()) as { Id: string }
        const socket = engine.connect()
        const head = `POST /exec/${Id}/start HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\n${framing}`
        if (separate) {
          socket.write(head)
          await new Promise((resolve) => setImmediate(resolve))
          socket.write(body)
        } else {
          socket.write(head + body)
        }
        await once(socket, 'readable')
        socket.end('typed')
        expect(await textOf(socket)).toMatch(
          /^HTTP\/1.1 101 UPGRADED\r\n[^]*\r\n\r\n\x01\0\0\0\0\0\0\x05typed$/,
        )
        expect(engine.calls.at(-1)).toMatchObject({
          endpoint: 'POST /exec/:id/start',
          body: { Tty: false },
          status: 101,
        })
      }
    }
  })

  it('is a WebSocket where that was asked for', async () => {
    await using engine = await memoryEngine({ listen: 'tcp' })
    const body = { Image: 'busybox', Cmd: ['sh', '-c', 'read word; echo got $word; exit 3'], OpenStdin: true }
    await engine.request('POST /containers/create?name=web', { body })
    const path = '/v1.45/containers/web/attach/ws?stream=1&stdin=1&stdout=1'
    const socket = new WebSocket(engine.address.replace('tcp:', 'ws:') + path)
    await once(socket, 'open')
    await engine.request('POST /containers/web/start')
    socket.send('typed\n')
    const [message] = (await once(socket, 'message')) as [Buffer]
    expect(message.toString()).toBe('got typed\n')
    await once(socket, 'close')
    expect(engine.calls[1]).toMatchObject({ endpoint: 'GET /containers/:id/attach/ws', status: 101 })
  })

  it('is no WebSocket of a container that is not there', async () => {
    await using engine = await memoryEngine({ listen: 'tcp' })
    const socket = new WebSocket(`${engine.address.replace('tcp:', 'ws:')}/containers/gone/attach/ws`)
    await expect(once(socket, 'open')).rejects.toThrow('Unexpected server response: 404')
  })

  it('is not hijacked by an error', async () => {
    await using engine = await memoryEngine({ listen: false })
    const reply = await engine.request('POST /containers/gone/attach?stream=1', { headers: upgrade })
    expect(reply.status).toBe(404)
    expect(await reply.json()).toEqual({ message: 'No such container: gone' })
  })

  it('ends for the engine when the client leaves', async () => {
    await using engine = await engineWith('web', 'yes')
    const { tunnel } = await engine.request('POST /containers/web/attach?stream=1&stdout=1', {
      headers: upgrade,
    })
    await engine.request('POST /containers/web/start')
    await once(tunnel!, 'data')
    tunnel!.destroy()
    expect(await statusOf(engine, 'DELETE /containers/web?force=1')).toBe(204)
  })
})

describe('records', () => {
  it('what it got', async () => {
    await using engine = await engineWith('web', 'true')
    await engine.request('GET /v1.44/containers/json?all=1&all=0&filters=%7B%7D')
    await engine.request('GET /nosuch')
    expect(engine.calls).toMatchObject([
      {
        method: 'POST',
        path: '/containers/create',
        version: undefined,
        endpoint: 'POST /containers/create',
        query: { name: 'web' },
        body: { Image: 'busybox', Cmd: ['true'] },
        status: 201,
      },
      {
        method: 'GET',
        path: '/containers/json',
        version: '1.44',
        query: { all: '1', filters: '{}' },
        body: undefined,
        status: 200,
      },
      { method: 'GET', path: '/nosuch', endpoint: undefined, status: 404 },
    ])
  })

  it('what the parameters stand for, slashes and all', async () => {
    await using engine = await memoryEngine({ listen: false })
    await engine.request('GET /images/registry.example:5000/team%2Fapp/json')
    expect(engine.calls[0]).toMatchObject({
      endpoint: 'GET /images/:name/json',
      params: { name: 'registry.example:5000/team/app' },
    })
  })
})

describe('misbehaves', () => {
  it('with a status, so many times', async () => {
    await using engine = await engineWith('web', 'true')
    engine.misbehave('POST /containers/:id/start', { status: 503, message: 'tired' }, { times: 1 })
    expect(await messageOf(engine, 'POST /containers/web/start')).toBe('tired')
    expect(await statusOf(engine, 'POST /containers/web/start')).toBe(204)
  })

  it('until it is told to stop', async () => {
    await using engine = await memoryEngine({ listen: false })
    const stop = engine.misbehave('*', { status: 500 })
    expect(await messageOf(engine, 'GET /info')).toBe('the engine was told to answer 500')
    stop()
    expect(await statusOf(engine, 'GET /info')).toBe(200)
  })

  it('by closing at once', async () => {
    await using engine = await memoryEngine({ listen: false })
    engine.misbehave('GET /info', 'reset')
    await expect(engine.request('GET /info')).rejects.toThrow()
  })

  it('by resetting a TCP connection', async () => {
    await using engine = await memoryEngine({ listen: 'tcp' })
    engine.misbehave('GET /info', 'reset')
    const { hostname, port } = new URL(engine.address)
    const socket = connect(Number(port), hostname)
    socket.write('GET /info HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await new Promise((resolve) => socket.resume().on('error', resolve))).toMatchObject({
      code: 'ECONNRESET',
    })
  })

  it('by never answering', async () => {
    await using engine = await memoryEngine({ listen: false })
    engine.misbehave('GET /info', 'stall')
    const leave = new AbortController()
    const stalled = engine.request('GET /info', { signal: leave.signal })
    expect(await statusOf(engine, 'GET /version')).toBe(200)
    leave.abort()
    await expect(stalled).rejects.toThrow('aborted')
  })

  it('by breaking off in the middle', async () => {
    await using engine = await memoryEngine({ listen: false })
    engine.misbehave('GET /info', 'cut')
    const reply = await engine.request('GET /info')
    expect(reply.status).toBe(200)
    await expect(reply.text()).rejects.toThrow('aborted')
  })

  it('by breaking off a stream', async () => {
    await using engine = await engineWith('web', 'echo', 'long')
    engine.misbehave('POST /containers/:id/attach', 'cut')
    const { status, tunnel } = await engine.request('POST /containers/web/attach?stream=1&stdout=1', {
      headers: { Upgrade: 'tcp' },
    })
    expect(status).toBe(101)
    const broken = new Promise((resolve) =>
      tunnel!
        .resume()
        .on('close', resolve)
        .on('error', () => {}),
    )
    await engine.request('POST /containers/web/start')
    await broken
  })

  it('on its own endpoints only', async () => {
    await using engine = await memoryEngine({ listen: false })
    expect(() => engine.misbehave('POST /containers/{id}/start', 'reset')).toThrow(
      'The engine has no endpoint "POST /containers/{id}/start": write it as POST /containers/:id/start, or * for all.',
    )
  })
})

it('says of what it cannot do that it cannot', async () => {
  await using engine = await memoryEngine({ listen: false })
  for (const call of [
    'POST /build',
    'POST /session',
    'POST /grpc',
    'POST /images/x/push',
    'POST /swarm/init',
    'POST /plugins/pull',
  ]) {
    expect([call, await statusOf(engine, call)]).toEqual([call, 501])
  }
  expect(await messageOf(engine, 'POST /build')).toBe(
    'the engine in memory cannot build images: use a real engine for that',
  )
  expect(await statusOf(engine, 'GET /services')).toBe(503)
})

it('has the images that it was told of, and any that is pulled', async () => {
  await using engine = await memoryEngine({ listen: false, images: ['alpine'] })
  expect(await messageOf(engine, 'POST /containers/create', { Image: 'busybox' })).toBe(
    'No such image: busybox:latest',
  )
  const pull = await (await engine.request('POST /images/create?fromImage=busybox&tag=latest')).text()
  expect(
    pull
      .split('\r\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { status: string }).status),
  ).toEqual([
    'Pulling from library/busybox',
    'Pulling fs layer',
    'Downloading',
    'Download complete',
    'Extracting',
    'Pull complete',
    expect.stringMatching(/^Digest: sha256:[0-9a-f]{64}$/),
    'Status: Downloaded newer image for busybox:latest',
  ])
  expect(await statusOf(engine, 'POST /containers/create', { Image: 'busybox' })).toBe(201)
  expect(await statusOf(engine, 'DELETE /images/busybox')).toBe(409)
})

it('closes with everything that runs in it', async () => {
  const engine = await engineWith('web', 'sh', '-c', 'while :; do sleep 1; done')
  await engine.request('POST /containers/web/start')
  const streams = await Promise.all(
    ['events', 'containers/web/logs?stdout=1&follow=1', 'containers/web/stats'].map((path) =>
      engine.request(`GET /${path}`),
    ),
  )
  const waiting = await engine.request('POST /containers/web/wait')
  for (const { body } of [...streams, waiting]) body.on('error', () => {}).resume()
  const over = Promise.all(
    [...streams, waiting].map(({ body }) => new Promise((resolve) => body.on('close', resolve))),
  )
  await engine.close()
  await over
})

async function textOf(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  stream.on('data', (bytes: Buffer) => chunks.push(bytes))
  await once(stream, 'end')
  return Buffer.concat(chunks).toString()
}
