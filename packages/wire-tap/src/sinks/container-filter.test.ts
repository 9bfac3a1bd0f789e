import type { Endpoint } from '@intermediate/core'
import { describe, expect, it } from 'vitest'
import type { CallBegun, TapEvent } from '../events.js'
import { ContainerFilter } from './container-filter.js'

const id = '3b3b165b34d1bf6303ecb3c9e9245b58396e0a36d9ca56f738006a1454d27801'
const otherId = 'db'.repeat(32)

let calls = 0

function begun(endpoint: Endpoint, called?: string, query: Record<string, string> = {}): CallBegun {
  const params = called === undefined ? {} : { id: called }
  const call = { call: ++calls, endpoint, path: '/', time: 0, params, query, headers: {} }
  return {
    type: 'call',
    ...call,
    method: 'POST',
    version: undefined,
    client: undefined,
    certificate: undefined,
  }
}

/** A call, and what is told of its reply. */
function replied(call: CallBegun, status: number, json?: unknown): TapEvent[] {
  const { call: number, endpoint, path, time } = call
  const told = { call: number, endpoint, path, time }
  return [
    call,
    {
      type: 'reply',
      ...told,
      status,
      headers: {},
      answeredBy: undefined,
      upstream: undefined,
      tunnel: false,
    },
    ...(json === undefined ? [] : [{ type: 'body', ...told, of: 'reply', json } as const]),
  ]
}

function item(json: unknown): TapEvent {
  return { type: 'item', call: 0, endpoint: 'GET /events', path: '/events', time: 0, json }
}

function filter(wanted: string, events: readonly TapEvent[] = []): ContainerFilter {
  const made = new ContainerFilter(wanted)
  for (const event of events) made.read(event)
  return made
}

const attach = 'POST /containers/:id/attach'
const execStart = 'POST /exec/:id/start'
const inspected = replied(begun('GET /containers/:id/json', id), 200, {
  Id: id,
  Name: '/web',
  ExecIDs: ['e1'],
})

describe('before anything is known', () => {
  it.each([
    ['web', 'web', true],
    ['/web', 'web', true],
    ['web', 'web2', false],
    ['web', id, false],
    [id, id, true],
    [id.slice(0, 12), id, true],
    [id.slice(0, 12), otherId, false],
    // It could as well be a name.
    ['db', otherId, false],
  ])('%s is asked for, and a call says %s: %s', (wanted, called, is) => {
    expect(filter(wanted).wants(begun(attach, called))).toBe(is)
  })

  it('a call of no container is none of its', () => {
    const all = filter('web')
    expect(all.wants(begun('GET /containers/json'))).toBe(false)
    expect(all.wants(begun('GET /networks/:id', 'web'))).toBe(false)
    expect(all.wants(begun(execStart, 'e1'))).toBe(false)
  })

  it('the call that gives it its name is, and a commit of it', () => {
    expect(filter('web').wants(begun('POST /containers/create', undefined, { name: 'web' }))).toBe(true)
    expect(filter('web').wants(begun('POST /containers/create'))).toBe(false)
    expect(filter('web').wants(begun('POST /commit', undefined, { container: 'web' }))).toBe(true)
  })
})

describe('its name, its id and the beginning of that are one container, known from', () => {
  it.each<[string, readonly TapEvent[]]>([
    ['an inspect', inspected],
    ['a list', replied(begun('GET /containers/json'), 200, [{ Id: id, Names: ['/x/alias', '/web'] }])],
    ['a create', replied(begun('POST /containers/create', undefined, { name: 'web' }), 201, { Id: id })],
    ['a rename', replied(begun('POST /containers/:id/rename', id, { name: 'web' }), 204)],
    ['an event', [item({ Type: 'container', Actor: { ID: id, Attributes: { name: 'web' } } })]],
  ])('%s', (_from, events) => {
    const byName = filter('web', events)
    for (const called of ['web', id, id.slice(0, 4)]) expect(byName.wants(begun(attach, called))).toBe(true)
    for (const called of ['other', otherId, 'db']) expect(byName.wants(begun(attach, called))).toBe(false)
    const byId = filter(id.slice(0, 12), events)
    expect(byId.wants(begun(attach, 'web'))).toBe(true)
    expect(byId.wants(begun(attach, 'other'))).toBe(false)
  })

  it('what was found when it was looked up', () => {
    const found = filter(id.slice(0, 3))
    expect(found.find({ Id: id, Name: '/web', ExecIDs: ['e1'] })).toEqual({ id, name: 'web' })
    for (const called of ['web', id, id.slice(0, 5)]) expect(found.wants(begun(attach, called))).toBe(true)
    expect(found.wants(begun(execStart, 'e1'))).toBe(true)
    expect(found.wants(begun(attach, 'other'))).toBe(false)
  })

  it('no rename that failed', () => {
    const renamed = replied(begun('POST /containers/:id/rename', id, { name: 'web' }), 409)
    expect(filter('web', renamed).wants(begun(attach, id))).toBe(false)
  })

  it('no event of something else', () => {
    const network = item({ Type: 'network', Actor: { ID: id, Attributes: { name: 'web' } } })
    expect(filter('web', [network, item(null), item({ Type: 'container' })]).wants(begun(attach, id))).toBe(
      false,
    )
  })
})

describe('names that change hands', () => {
  it('whoever has the name is wanted by it, and who had it goes on to be', () => {
    const again = filter('web', [
      ...inspected,
      ...replied(begun('POST /containers/create', undefined, { name: 'web' }), 201, { Id: otherId }),
    ])
    expect(again.wants(begun(attach, id))).toBe(true)
    expect(again.wants(begun(attach, otherId))).toBe(true)
  })

  it('who is wanted by its id is not whoever has its name then', () => {
    const again = filter(id, [
      ...inspected,
      ...replied(begun('POST /containers/create', undefined, { name: 'web' }), 201, { Id: otherId }),
    ])
    expect(again.wants(begun(attach, 'web'))).toBe(false)
    expect(again.wants(begun(attach, id))).toBe(true)
  })

  it('a name goes before the beginning of an id', () => {
    const hex = filter('web', [
      ...inspected,
      ...replied(begun('POST /containers/create', undefined, { name: '3b3b' }), 201, { Id: otherId }),
    ])
    expect(hex.wants(begun(attach, '3b3b'))).toBe(false)
    expect(hex.wants(begun(attach, '3b3b1'))).toBe(true)
  })
})

describe('its execs are its, known from', () => {
  it.each<[string, readonly TapEvent[]]>([
    ['their making', replied(begun('POST /containers/:id/exec', 'web'), 201, { Id: 'e1' })],
    ['an inspect of it', inspected],
    [
      'an inspect of theirs',
      replied(begun('GET /exec/:id/json', 'e1'), 200, { ID: 'e1', ContainerID: 'web' }),
    ],
    ['an event', [item({ Type: 'container', Actor: { ID: id, Attributes: { name: 'web', execID: 'e1' } } })]],
  ])('%s', (_from, events) => {
    const known = filter('web', events)
    expect(known.wants(begun(execStart, 'e1'))).toBe(true)
    expect(known.wants(begun(execStart, 'e2'))).toBe(false)
    expect(filter('other', events).wants(begun(execStart, 'e1'))).toBe(false)
  })

  it('whatever its container is called when it is made', () => {
    const made = replied(begun('POST /containers/:id/exec', id.slice(0, 12)), 201, { Id: 'e1' })
    expect(filter('web', [...made, ...inspected]).wants(begun(execStart, 'e1'))).toBe(true)
  })
})
