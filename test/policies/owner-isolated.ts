import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attacks } from './owner-attacks.js'
import type { Attack } from './owner-attacks.js'
import { filters, twoOwners } from './owner-clients.js'
import type { Caller, Owners } from './owner-clients.js'
import type { Names, Things } from './owner-things.js'
import { makeThings, removeThings, stateOf } from './owner-things.js'

/** One engine, for the tests of `isolated`. */
interface Engine extends AsyncDisposable {
  readonly address: string
}

/** Two owners on one engine against each other. */
export function isolated(name: string, start: () => Promise<Engine>): void {
  describe(name, () => {
    const run = `owner-${randomUUID().slice(0, 8)}`
    let engine: Engine
    let owners: Owners
    let things: Things

    beforeAll(async () => {
      engine = await start()
      owners = await twoOwners(engine.address, { a: `${run}-a`, b: `${run}-b` })
      things = await makeThings(owners.a, run)
    })
    afterAll(async () => {
      if (owners !== undefined) {
        await removeThings(owners.direct, run)
        await owners[Symbol.asyncDispose]()
      }
      await engine?.[Symbol.asyncDispose]()
    })

    describe.each(['names', 'ids', 'starts of ids'])('by %s', (form) => {
      it.each(Object.entries(attacks))('%s answers another as if there was nothing', async (_, attack) => {
        const { there, absent } = things.forms[form]!
        const before = await stateOf(owners.direct, things)
        const tried = attack(there)
        const missed = attack(absent)
        for (const [at, each] of tried.entries()) {
          const hidden = await answerTo(owners.b, each, there)
          expect([each[0], hidden]).toEqual([each[0], await answerTo(owners.b, missed[at]!, absent)])
        }
        expect(await stateOf(owners.direct, things)).toEqual(before)
      })

      it.each(byPath)('%s says of it what the engine says of nothing', async (key) => {
        const { there, absent } = things.forms[form]!
        const tried = attacks[key]!(there)
        const missed = attacks[key]!(absent)
        for (const [at, each] of tried.entries()) {
          if (isOurs(each[0], form)) continue
          expect([each[0], await answerTo(owners.b, each, there)]).toEqual([
            each[0],
            await answerTo(owners.direct, missed[at]!, absent),
          ])
        }
      })
    })

    it('takes what lies under another name or id for absent in lists', async () => {
      const { container, volume, network } = things.forms['names']!.there
      expect((await owners.b('GET /containers/json?all=1')).text).not.toContain(container)
      expect((await owners.b('GET /images/json?all=1')).text).not.toContain(run)
      expect((await owners.b('GET /volumes')).text).not.toContain(volume)
      expect((await owners.b('GET /networks')).text).not.toContain(network)
      expect((await owners.a('GET /containers/json?all=1')).text).toContain(container)
      expect((await owners.a('GET /images/json')).text).toContain(`${run}-image:v1`)
      expect((await owners.a('GET /volumes')).text).toContain(volume)
      expect((await owners.a('GET /networks')).text).toContain(network)
    })

    it.each(spoofs(`intermediate.owner=${run}-a`))('lists nothing of another with %s', async (query) => {
      for (const list of ['/containers/json?all=1&', '/images/json?all=1&', '/volumes?', '/networks?'])
        expect([list, (await owners.b(`GET ${list}${query}`)).text]).toEqual([
          list,
          expect.not.stringMatching(new RegExp(`${run}-(?!b")`)),
        ])
    })

    it.each(spoofs(`intermediate.owner=${run}-a`))('prunes nothing of another with %s', async (query) => {
      const before = await stateOf(owners.direct, things)
      for (const kind of ['containers', 'images', 'volumes', 'networks'])
        await owners.b(`POST /${kind}/prune?${query}`)
      await owners.b(`POST /images/prune?${filters({ dangling: ['false'] })}`)
      await owners.b(`POST /volumes/prune?${filters({ all: ['true'] })}`)
      expect(await stateOf(owners.direct, things)).toEqual(before)
    })

    it('gives what exists to nobody else who makes it again', async () => {
      const { volume } = things.forms['names']!.there
      for (const [call, body] of [
        ['POST /volumes/create', { Name: volume }],
        ['POST /containers/create', { Image: 'busybox:latest', HostConfig: { Binds: [`${volume}:/x`] } }],
        [
          'POST /containers/create',
          {
            Image: 'busybox:latest',
            HostConfig: { Mounts: [{ Type: 'volume', Source: volume, Target: '/x' }] },
          },
        ],
      ] as const) {
        const answer = await owners.b(call, body)
        expect([answer.status, answer.json]).toEqual([
          409,
          { message: `Conflict. The volume name "${volume}" is already in use: choose another one.` },
        ])
      }
    })
  })
}

/** Whose answers are the engine's own, about a name that nobody has. */
const byPath = (
  [
    'GET /containers/:id/json',
    'POST /containers/:id/start',
    'POST /containers/:id/kill',
    'POST /containers/:id/attach',
    'GET /containers/:id/archive',
    'HEAD /containers/:id/archive',
    'DELETE /containers/:id',
    'GET /exec/:id/json',
    'POST /exec/:id/start',
    'POST /commit',
    'GET /images/:name/json',
    'GET /images/:name/history',
    'DELETE /images/:name',
    'POST /images/:name/tag',
    'POST /images/:name/push',
    'GET /networks/:id',
    'DELETE /networks/:id',
    'POST /networks/:id/connect',
    'GET /volumes/:name',
    'DELETE /volumes/:name',
  ] as const
).filter((key) => key in attacks)

/** Filters that want another's things, in every form that the engine reads. */
function spoofs(label: string): string[] {
  return [
    filters({ label: [label] }),
    filters({ label: { [label]: true } }),
    filters({ label: { [label]: false } }),
    filters({ label: { 'intermediate.owner': true } }),
    `${filters({ label: [label] })}&${filters({})}`,
    `${filters({})}&${filters({ label: [label] })}`,
    'filters=null',
    'filters=',
    `filters=${encodeURIComponent(`{"label":["a"],"label":["${label}"]}`)}`,
  ]
}

/** What the engine never gets to see in this form. */
function isOurs(line: string, form: string): boolean {
  return (
    line.includes('link=') || line.includes('container=other') || (line.includes('/push') && form !== 'names')
  )
}

/** Status and text, without the names that it is about. What it makes is removed: not every engine looks at all. */
async function answerTo(call: Caller, [line, body, headers]: Attack, names: Names): Promise<string> {
  const { status, text, json } = await call(line, body, headers)
  let shown = `${status} ${text}`
  if (status === 201 && line.startsWith('POST /containers/create')) {
    await call(`DELETE /containers/${json.Id}?force=1`)
    shown = shown.replace(json.Id, 'made')
  }
  for (const [kind, name] of Object.entries(names)) {
    shown = shown.replaceAll(name, kind)
    if (kind === 'image') shown = shown.replaceAll(name.replace(/^sha256:|:v1$/, ''), kind)
  }
  return shown
}
