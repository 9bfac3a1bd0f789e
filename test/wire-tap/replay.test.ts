import { gzipSync } from 'node:zlib'
import { intermediate } from '@intermediate/core'
import { memoryEngine, temporaryFolder } from '@intermediate/testing'
import { jsonLines, replay, wireTap } from '@intermediate/wire-tap'
import { describe, expect, it } from 'vitest'
import { nobodyLeft, ok, request, response, session, upgraded } from '../docker-calls.js'
import { eventsOf, linesOf, recorded, recordedWith, replayed } from './recorded.js'

const json = (value: unknown, status = '200 OK') => response(status, `${JSON.stringify(value)}\n`)
const list = request('GET /v1.45/containers/json?all=1')
const inspect = request('GET /v1.45/containers/web/json')
const chunked = (status: string, fields: readonly string[], chunks: readonly string[]) =>
  response(
    status,
    chunks.map((each) => `${each.length.toString(16)}\r\n${each}\r\n`).join('') + '0\r\n\r\n',
    ['Transfer-Encoding: chunked', ...fields],
  )

describe('a recording answers', () => {
  it('a client as the engine did', async () => {
    const conversation = async (address: string) => {
      const said: string[] = []
      const call = async (line: string, body?: object) => {
        const [method = '', path = ''] = line.split(' ')
        const headers = { 'Content-Type': 'application/json' }
        const sent = { method, ...(body && { headers, body: JSON.stringify(body) }) }
        const answer = await fetch(address.replace('tcp:', 'http:') + path, sent)
        const text = await answer.text()
        said.push(`${line} ${answer.status} ${answer.headers.get('content-type')} ${text}`)
        return text
      }
      await call('GET /_ping')
      const created = await call('POST /v1.45/containers/create', {
        Image: 'busybox',
        Cmd: ['sh', '-c', 'echo out; echo err >&2; exit 3'],
      })
      const { Id } = JSON.parse(created) as { Id: string }
      await call(`POST /v1.45/containers/${Id}/start`)
      await call(`POST /v1.45/containers/${Id}/wait`)
      await call(`GET /v1.45/containers/${Id}/logs?stdout=1&stderr=1`)
      await call(`GET /v1.45/containers/${Id}/json`)
      await call('GET /v1.45/containers/nosuch/json')
      await call('GET /v1.45/events?until=1')
      await call(`DELETE /v1.45/containers/${Id}`)
      return said
    }
    await using folder = await temporaryFolder()
    const file = folder.file('session.jsonl')
    await using sink = jsonLines(file)
    await using engine = await memoryEngine()
    const front = intermediate({ upstream: engine.address }).use(wireTap(sink))
    const tapped = await front.listen('tcp://127.0.0.1:0')
    const live = await conversation(tapped.addresses[0]!)
    await tapped.close({ grace: 0 })
    await sink.close()
    const calls = engine.calls.length
    const behind = intermediate({ upstream: engine.address }).use(await replay(file))
    await using listening = await behind.listen('tcp://127.0.0.1:0')
    expect(await conversation(listening.addresses[0]!)).toEqual(live)
    expect(live.join()).toContain('"StatusCode":3')
    expect(engine.calls).toHaveLength(calls)
  })

  it('the same calls in their order, and then as the last one', async () => {
    await using to = await replayed(
      await recorded([
        [inspect, json({ n: 1 })],
        [list, json([])],
        [inspect, json({ n: 2 })],
        [inspect, json({ message: 'gone' }, '404 Not Found')],
      ]),
    )
    const bodies: string[] = []
    for (let n = 0; n < 5; n++) bodies.push((await to.ask(inspect)).body.toString())
    expect(bodies).toEqual(
      [{ n: 1 }, { n: 2 }, { message: 'gone' }, { message: 'gone' }, { message: 'gone' }].map(
        (each) => `${JSON.stringify(each)}\n`,
      ),
    )
    expect((await to.ask(inspect)).status).toBe(404)
    expect((await to.ask(list)).body.toString()).toBe('[]\n')
  })

  it('a version of the API with what was said to it, and one that was not there with what is', async () => {
    const asked = (version: string) => inspect.replace('/v1.45', version)
    await using to = await replayed(
      await recorded([
        [asked('/v1.41'), json({ n: 41 })],
        [asked('/v1.45'), json({ n: 45 })],
      ]),
    )
    const answers = []
    for (const version of ['/v1.45', '/v1.41', '', '/v1.44'])
      answers.push((await to.ask(asked(version))).body.toString().trim())
    expect(answers).toEqual(['{"n":45}', '{"n":41}', '{"n":45}', '{"n":45}'])
  })

  it('whatever the order of names in query, filters and body, and whatever was redacted', async () => {
    const login = (password: string) =>
      request('POST /auth', [], `{"username":"me","password":"${password}"}`)
    const create = (body: string) => request('POST /containers/create?name=a&platform=b', [], body)
    const filtered = (filters: string) =>
      request(`GET /containers/json?filters=${encodeURIComponent(filters)}`)
    const build = (args: string) =>
      request(`POST /build?t=a&t=b&buildargs=${encodeURIComponent(args)}`, [], 'an archive')
    await using to = await replayed(
      await recorded([
        [login('hunter2'), json({ Status: 'in' })],
        [create('{"Image":"a","Labels":{"x":"1","y":"2"}}'), json({ Id: 'x' }, '201 Created')],
        [filtered('{"name":{"a":true},"label":["b"]}'), json([])],
        [build('{"KEY":"secret"}'), json({ stream: 'built' })],
      ]),
    )
    for (const call of [
      login('other'),
      create('{"Labels":{"y":"2","x":"1"},"Image":"a"}').replace('name=a&platform=b', 'platform=b&name=a'),
      filtered('{"label":["b"],"name":{"a":true}}'),
      build('{"KEY":"another"}').replace('an archive', 'be archive'),
    ])
      expect((await to.ask(call)).status).toBeLessThan(300)
    expect(await to.refusal(build('{"KEY":"a","MORE":"b"}'))).toMatch(
      /query\.buildargs\.MORE is "b" and was not/,
    )
  })

  it.each([
    ['without a body', request('POST /containers/web/start'), response('204 No Content', '', ['X-A: 1'])],
    ['to HEAD', request('HEAD /_ping'), response('200 OK', '', ['Api-Version: 1.45', 'Content-Length: 0'])],
    ['with OK', request('GET /_ping'), ok],
    ['with an error', inspect, json({ message: 'No such container' }, '404 Not Found')],
    [
      'with large numbers',
      inspect,
      response('200 OK', '{"a":[1795260762691660555],"b":-9223372036854775808}\n'),
    ],
    ['with other letters', inspect, response('200 OK', Buffer.from('{"a":"ä€😀<>&"}\n').toString('latin1'))],
  ])('a call %s', async (_, call, answered) => {
    await using to = await replayed(await recorded([[call, answered]]))
    const again = await to.ask(call)
    const [head, body] = answered.split('\r\n\r\n')
    expect(again.startLine).toBe(head!.split('\r\n')[0])
    expect(again.body.toString('latin1')).toBe(body)
    for (const field of head!.split('\r\n').slice(1))
      expect(again.headers.map((each) => each.join(': ').toLowerCase())).toContain(field.toLowerCase())
  })

  it.each([
    ['application/json', ''],
    ['application/json-seq', '\x1e'],
  ])('items of %s one after the other', async (type, mark) => {
    const items = [`${mark}{"n":1}\n`, `${mark}{"timeNano":1795260762691660555}\n`]
    const events = request('GET /events?until=1')
    const answered = chunked('200 OK', [`Content-Type: ${type}`], items)
    await using to = await replayed(await recorded([[events, answered]]))
    expect((await to.ask(events)).raw.toString()).toContain(answered.split('\r\n\r\n')[1])
    expect((await to.ask(events)).body.toString()).toBe(items.join(''))
  })

  it('a client that leaves a stream with what came, and then waits for it to leave', async () => {
    const events = request('GET /events')
    const head = response('200 OK', '7\r\n{"n":1}\r\n', ['Transfer-Encoding: chunked'])
    const recording = await recordedWith(
      async (connection) => {
        await connection.request()
        await connection.send(head)
        await connection.ended()
        // As the engine does.
        await connection.send('0\r\n\r\n')
      },
      1,
      {},
      async (to) => {
        await using client = await to.client()
        await client.send(events)
        await client.until('{"n":1}')
        await client.end()
        await client.until('0\r\n\r\n')
      },
    )
    expect(eventsOf(recording).at(-1)).toMatchObject({ type: 'end', aborted: false, clientLeft: true })
    await using to = await replayed(recording)
    await using client = await to.client()
    await client.send(events)
    await client.until('{"n":1}')
    await to.ask(events.replace('/events', '/_ping'))
    expect(client.receivedText).not.toContain('0\r\n\r\n')
    await client.end()
    await nobodyLeft(to)
  })

  it('what layers in front let through, and nothing goes on', async () => {
    const labelled = request('POST /containers/create', [], '{"Labels":{"team":"core"}}')
    const layers = intermediate().use('POST /containers/create', async function label(call, next) {
      const body = await call.json()
      body.Labels = { ...body.Labels, team: 'core' }
      return next(call)
    })
    const recording = await recorded([[labelled, json({ Id: 'x' }, '201 Created')]])
    await using to = await replayed(recording, {}, layers)
    expect((await to.ask(request('POST /containers/create', [], '{}'))).status).toBe(201)
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('at once, or as slowly as it was', async () => {
    const events = request('GET /events?until=1')
    const paced = eventsOf(await recorded([[events, chunked('200 OK', [], ['{"n":1}', '{"n":2}'])]]))
    const recording = (distance: number) => {
      let time = 0
      return linesOf(
        paced.map((event) => ({ ...event, time: event.type === 'end' ? time : (time += distance) })),
      )
    }
    const timeOf = async (distance: number, pace: boolean) => {
      await using to = await replayed(recording(distance), { pace })
      const begun = performance.now()
      expect((await to.ask(events)).body.toString()).toBe('{"n":1}\n{"n":2}\n')
      return performance.now() - begun
    }
    const anHour = 3_600_000
    expect(await timeOf(anHour, false)).toBeLessThan(anHour)
    expect(await timeOf(100, true)).toBeGreaterThanOrEqual(295)
  })

  it('calls of a process that went on with the file, and of files that were rotated', async () => {
    const first = eventsOf(await recorded([[inspect, json({ n: 1 })]]))
    const second = eventsOf(await recorded([[inspect, json({ n: 2 })]])).map((event) => ({
      ...event,
      call: first[0]!.call,
    }))
    for (const files of [
      linesOf([...first, ...second]),
      [linesOf(first), linesOf(second)],
      [linesOf([...first, second[0]!]), linesOf(second.slice(1))],
      [linesOf([...first.slice(1), ...first]), linesOf(second)],
    ]) {
      await using to = await replayed(files)
      expect((await to.ask(inspect)).body.toString()).toBe('{"n":1}\n')
      expect((await to.ask(inspect)).body.toString()).toBe('{"n":2}\n')
    }
  })
})

describe('a recording refuses', () => {
  const create = (body: string) => request('POST /containers/create?name=a', [], body)

  it('what it does not have, and says what is nearest', async () => {
    const dozen = ['a', 'b', 'c', 'd', 'e'].map((id) => [
      request(`DELETE /networks/${id}`),
      response('204 No Content', '', []),
    ])
    await using to = await replayed(
      await recorded([
        [create('{"Image":"a","HostConfig":{"Binds":["/a:/a"],"Memory":5}}'), json({}, '201 Created')],
        [create('{"Image":"far","Cmd":["x"],"Tty":true}'), json({}, '201 Created')],
        [list, json([])],
        [request('POST /containers/a/start'), response('204 No Content', '', [])],
        [request('POST /x'), json({})],
        ...(dozen as [string, string][]),
      ]),
    )
    const refusals = []
    for (const call of [
      create('{"Image":"a","HostConfig":{"Binds":["/b:/a"],"Memory":5,"Privileged":true}}'),
      create(''),
      create('no JSON'),
      create('{"Image":"far","Cmd":["x"],"Tty":false}'),
      create(`{"Image":"a","HostConfig":{"Binds":["/a:/a","${'b'.repeat(200)}"],"Memory":5}}`),
      create('{"a":1,"b":2,"c":3,"d":4}'),
      request('GET /containers/json'),
      request('GET /containers/json?all=0&all=1&size=1'),
      request('POST /containers/a/start', [], '{}'),
      request('POST /containers/b/start'),
      request('DELETE /networks/f'),
      request('GET /info'),
      request('PUT /x'),
      request('POST /y'),
    ])
      refusals.push((await to.refusal(call)).replace(/^501 /, ''))
    expect(refusals).toEqual([
      'POST /containers/create is in FILE, but not like this: body.HostConfig.Binds[0] is "/b:/a" and was "/a:/a"; body.HostConfig.Privileged is true and was not there.',
      'POST /containers/create is in FILE, but not like this: the body is empty and was JSON.',
      'POST /containers/create is in FILE, but not like this: the body is no JSON and was JSON.',
      'POST /containers/create is in FILE, but not like this: body.Tty is false and was true.',
      `POST /containers/create is in FILE, but not like this: body.HostConfig.Binds[1] is "${'b'.repeat(118)}… and was not there.`,
      'POST /containers/create is in FILE, but not like this: body.Image is not there and was "a"; body.HostConfig is not there and was {"Binds":["/a:/a"],"Memory":5}; body.a is 1 and was not there; and more.',
      'GET /containers/json is in FILE, but not like this: query.all is not there and was "1".',
      'GET /containers/json is in FILE, but not like this: query.all is ["0","1"] and was "1"; query.size is "1" and was not there.',
      'POST /containers/a/start is in FILE, but not like this: the body is JSON and was empty.',
      'POST /containers/b/start is not in FILE, which has /containers/a/start.',
      'DELETE /networks/f is not in FILE, which has /networks/a, /networks/b, /networks/c, and 2 more.',
      'GET /info is not in FILE, and nothing else of GET /info is.',
      '/x is in FILE, but not like this: the method is PUT and was POST.',
      '/y is not in FILE, which has /x.',
    ])
  })

  it.each([
    [
      'an archive',
      request('GET /containers/web/archive?path=/'),
      response('200 OK', 'tar'),
      'it was no JSON, was cut, or was larger than the "bodies" of the tap.',
    ],
    [
      'a large body',
      inspect,
      json({ a: 'x'.repeat(100) }),
      'it was no JSON, was cut, or was larger than the "bodies" of the tap.',
    ],
    [
      'a large item',
      request('GET /events'),
      chunked('200 OK', [], ['{}', `{"a":"${'x'.repeat(100)}"}`]),
      'it had items that were larger than the "bodies" of the tap. Record it again with larger ones.',
    ],
    [
      'compressed items',
      request('GET /events'),
      response('200 OK', gzipSync('{}').toString('latin1'), [
        'Content-Encoding: gzip',
        `Content-Length: ${gzipSync('{}').length}`,
      ]),
      'it was no JSON, or compressed.',
    ],
  ])('a reply that it has only the head of: %s', async (_, call, answered, why) => {
    await using to = await replayed(await recorded([[call, answered]], { bodies: 64 }))
    const name = call.split(/[ ?]/, 2).join(' ').replace('/v1.45', '')
    expect(await to.refusal(call)).toBe(`501 The reply to ${name} is not recorded: ${why}`)
  })

  it('a call whose own body is not there', async () => {
    const large = request('POST /volumes/create', [], `{"Name":"${'x'.repeat(100)}"}`)
    await using to = await replayed(await recorded([[large, json({}, '201 Created')]], { bodies: 64 }))
    expect(await to.refusal(large)).toBe(
      '501 POST /volumes/create is in FILE, but not like this: the body is JSON, and what was there was not recorded: it was none, or larger than the tap\'s "bodies".',
    )
    expect(await to.refusal(request('POST /volumes/create'))).toMatch(/the body is empty and was not\.$/)
  })

  it('a tunnel of which nothing is recorded', async () => {
    const recording = await recordedWith(
      async (connection) => {
        await connection.request()
        await connection.send(upgraded)
        await connection.end()
      },
      1,
      {},
      async (to) => {
        await using client = await to.client()
        await client.send(session)
        await client.ended()
        await client.end()
      },
    )
    await using to = await replayed(recording)
    expect(await to.refusal(session)).toBe(
      '501 The reply to POST /session is not recorded: what such a tunnel carries is not recorded.',
    )
  })

  it('a call that was not answered, but for the answer of another one like it', async () => {
    const gone = await recordedWith(
      async (connection) => {
        await connection.request()
        connection.destroy()
      },
      1,
      {},
      async (to) => {
        await using client = await to.client()
        await client.send(inspect)
        expect((await client.response()).status).toBe(502)
      },
    )
    await using to = await replayed(gone)
    expect(await to.refusal(inspect)).toMatch(
      /^501 GET \/containers\/web\/json was not answered when FILE was recorded: .* unix:/,
    )
    await using both = await replayed(gone + (await recorded([[inspect, json({ n: 1 })]])))
    expect((await both.ask(inspect)).body.toString()).toBe('{"n":1}\n')
  })

  it('streams of which events were dropped, and calls that have no end', async () => {
    const events = request('GET /events')
    const all = eventsOf(
      await recorded([
        [events, chunked('200 OK', [], ['{}'])],
        [inspect, response('200 OK', 'text')],
      ]),
    )
    const dropped = all.map((event) => (event.type === 'item' ? { ...event, dropped: 3 } : event))
    await using lossy = await replayed(linesOf(dropped))
    expect(await lossy.refusal(events)).toBe(
      '501 The reply to GET /events is not recorded: events of then were lost. Record it again, with a larger "queue" and room on the disk.',
    )
    await using cut = await replayed(linesOf(all.filter(({ type }) => type !== 'end')))
    expect(await cut.refusal(inspect)).toMatch(/is not recorded: the recording ends before it\.$/)
  })
})
