import { readFileSync } from 'node:fs'
import { endpoints } from '@intermediate/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LanguageServer, languageServer } from './language-server.js'

let editor: LanguageServer

beforeAll(async () => {
  editor = await languageServer()
})
afterAll(() => editor[Symbol.asyncDispose]())

const everyEndpoint = endpoints.map(({ key }) => key).toSorted()
const declared = `
  import { intermediate, privateEndpoint, type Call } from '@intermediate/core'
  declare module '@intermediate/core' {
    interface Endpoints {
      'POST /extensions/:name/run': {
        params: { name: string }
        query: { wait?: string }
        body: { Args?: string[] | null }
        reply: { Id?: string | null }
      }
      'POST /extensions/:name/stop': { params: { id: string }; query: {}; body: undefined; reply: undefined }
    }
  }`

const program = (line: string): string => `import { intermediate } from '@intermediate/core'\n${line}\n`

describe('an editor offers every endpoint', () => {
  it.each([
    `intermediate().use('‸')`,
    `intermediate().use('‸', (call, next) => next(call))`,
    `intermediate().use(['‸'])`,
    `intermediate().use(['‸'], (call, next) => next(call))`,
    `intermediate().use(['GET /info', '‸'], (call, next) => next(call))`,
    `intermediate().use((call, next) => next(call.to('‸')))`,
    `intermediate().use(async (call, next) => { await call.ask('‸'); return next(call) })`,
    `intermediate().use((call, next) => { if (call.endpoint === '‸') return next(call) })`,
  ])('in %s', async (line) => {
    const offered = await editor.completions(program(line))
    expect(offered.filter((one) => one !== 'unknown').toSorted()).toEqual(
      expect.arrayContaining(everyEndpoint),
    )
  })

  it('and private ones where they have types, and these only where one is declared', async () => {
    expect(await editor.completions(`${declared}\nintermediate().use(['‸'])`)).toContain(
      'POST /extensions/:name/run',
    )
    expect(await editor.completions(`${declared}\nprivateEndpoint('‸')`)).toEqual(
      expect.arrayContaining(['POST /extensions/:name/run', 'POST /extensions/:name/stop']),
    )
    expect(await editor.completions(`${declared}\nprivateEndpoint('‸')`)).not.toContain('GET /info')
  })

  it('and the fields of a body once the endpoint is known', async () => {
    const layer = `intermediate().use(async (call, next) => {
      if (call.endpoint === 'POST /containers/create') (await call.json()).HostConfig?.‸
      return next(call)
    })`
    expect(await editor.completions(program(layer))).toEqual(
      expect.arrayContaining(['Privileged?', 'Binds?']),
    )
  })
})

describe('the compiler says', () => {
  it.each([
    [
      'what no endpoint matches',
      `intermediate().use('GET /nosuch', (call, next) => next(call))`,
      `'no endpoint of the Docker API matches': "GET /nosuch"`,
    ],
    [
      'what no endpoint matches in a list',
      `intermediate().use(['GET /info', '* /nosuch{/*rest}'], (call, next) => next(call))`,
      `'no endpoint of the Docker API matches': "* /nosuch{/*rest}"`,
    ],
    [
      'which endpoint of a list is meant',
      `intermediate().use(['GET /contaners/json'], (_: unknown, next) => next(_ as never))`,
      `Did you mean '"GET /containers/json"'?`,
    ],
    [
      'how a parameter is written',
      `intermediate().use('GET /containers/{id}/json', (call, next) => next(call))`,
      `'a parameter is written :name, not {name}': "GET /containers/{id}/json"`,
    ],
    [
      'that the method is missing',
      `intermediate().use('/info', (call, next) => next(call))`,
      `'say the method, as in "POST /containers/create" or "* /containers/create"': "/info"`,
    ],
    [
      'which option is meant',
      `intermediate().use((call, next) => next(call), { nme: '' })`,
      `Did you mean to write 'name'?`,
    ],
    [
      'that replies have no items',
      `intermediate().use('GET /info', async (call, next) => { const told = await next(call); told.items((item) => item); return told })`,
      `'its replies have no items: read them with json()': "GET /info"`,
    ],
    [
      'which field a body does not have',
      `intermediate().use(async (call, next) => next(call.to('POST /volumes/create', { body: { Nmae: 'v' } })))`,
      `'Nmae' does not exist in type`,
    ],
  ])('%s, in no more than two lines', async (_, line, message) => {
    const [complaint = ''] = await editor.complaints(program(line))
    expect(complaint).toContain(message)
    expect(complaint.split('\n').length).toBeLessThanOrEqual(2)
  })

  it.each([
    [
      'that a private endpoint has no types',
      `privateEndpoint('POST /mine')`,
      `'give it types first, in interface Endpoints of module @intermediate/core': "POST /mine"`,
    ],
    [
      'that its types are not those of its path',
      `privateEndpoint('POST /extensions/:name/stop')`,
      `'interface Endpoints must give it body, reply, query, and the params of its path': "POST /extensions/:name/stop"`,
    ],
    [
      'that an endpoint is not private',
      `privateEndpoint('GET /info')`,
      `'this is an endpoint of the Docker API: use it without declaring it': "GET /info"`,
    ],
  ])('%s', async (_, line, message) => {
    expect((await editor.complaints(`${declared}\n${line}`)).join()).toContain(message)
  })
})

it('knows a private endpoint with types wherever it knows one of Docker’s', async () => {
  const used = `${declared}
    privateEndpoint('POST /extensions/:name/run', { slashes: true })
    privateEndpoint('POST /made/' + 'later')
    export default intermediate()
      .use('POST /extensions/:name/run', async (call, next) => {
        const args: string[] | null | undefined = (await call.json()).Args
        const wait: string | undefined = call.query.wait
        const name: string = call.params.name
        return next(call.to('POST /extensions/:name/run', { params: { name }, query: { wait: wait ?? '' }, body: { Args: args ?? [] } }))
      })
      .use('* /extensions{/*rest}', (call: Call<'POST /extensions/:name/run' | 'POST /extensions/:name/stop'>, next) => next(call))
      .use(async (call, next) => {
        const ran = await call.ask('POST /extensions/:name/run', { params: { name: 'x' } })
        const id: string | null | undefined = ran.ok ? (await ran.json()).Id : ''
        if (call.endpoint === 'POST /extensions/:name/run') call.params.name satisfies string
        return id ? ran : next(call)
      })`
  expect(await editor.complaints(used)).toEqual([])
})

const readme = readFileSync('packages/core/README.md', 'utf8')
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, example = '']) => example)

it.each(examples)("has nothing against an example of core's README: %s", async (example) => {
  expect(await editor.complaints(example)).toEqual([])
})
