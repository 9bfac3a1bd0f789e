import type { Layer } from '@intermediate/core'
import { intermediate, layer } from '@intermediate/core'
import type { DryRunReport } from '@intermediate/filter'
import { filter } from '@intermediate/filter'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { request, response } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { container, webId } from './containers.js'

// A policy that has looked at a container has the call go to its id. Those behind it still name it as the client did.

const asked = 'POST /v1.45/containers/%77eb/exec'
const named = 'POST /containers/web/exec'

describe('behind a policy that has looked at the container', () => {
  it.each([
    ['deny', filter.deny('POST /containers/:id/exec')],
    ['allow', filter.allow('GET /containers/:id/json')],
    ['readOnly', filter.readOnly()],
    ['a filter that gives no reason', filter('POST /containers/:id/exec', () => false)],
  ])('%s says what the client said', async (_, policy) => {
    expect(await refusalOf(filter.hostPaths(), policy)).toBe(`${named} is not allowed here`)
  })

  it('a body that cannot be read is that of the call as it came', async () => {
    const reading = filter('POST /containers/:id/exec', ({ body }) => !body.Tty)
    expect(await refusalOf(pinning, reading, '{]')).toMatch(/^POST \/v1.45\/containers\/%77eb\/exec: /)
  })

  it('a dry run reports what the client said', async () => {
    const reports: DryRunReport[] = []
    const dry = filter.dryRun(filter.deny('POST /containers/:id/exec'), (would) => reports.push(would))
    expect(await refusalOf(filter.hostPaths(), dry)).toBe('')
    expect(reports).toEqual([
      {
        policy: 'deny',
        endpoint: 'POST /containers/:id/exec',
        method: 'POST',
        path: '/containers/web/exec',
        status: 403,
        message: `${named} is not allowed here`,
      },
    ])
  })
})

/** As a policy does that judges no body. */
const pinning = layer('POST /containers/:id/exec', async (call, next) => {
  call.params.id = webId
  return next(call)
})

/** What the client is told; '' where the call passed, which then went to the id. */
async function refusalOf(first: Layer, second: Layer, body = '{"Cmd":["sh"]}'): Promise<string> {
  const engine = answer(({ method }) =>
    method === 'GET'
      ? response('200 OK', JSON.stringify(container()))
      : response('201 Created', '{"Id":"e1"}'),
  )
  await using to = await setUpWith(intermediate().use(first).use(second), 'unix', engine)
  await using client = await to.client()
  await client.send(request(asked, ['Content-Type: application/json'], body))
  const reply = await client.response()
  const made = to.upstream.requests.filter(({ method }) => method !== 'GET').map(({ target }) => target)
  expect(made).toEqual(reply.status === 201 ? [`/v1.45/containers/${webId}/exec`] : [])
  return reply.status === 201 ? '' : (JSON.parse(reply.body.toString()) as { message: string }).message
}
