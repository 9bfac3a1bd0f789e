import { expect, it } from 'vitest'
import { breakable, made, two } from './two-engines.js'

it('a container is given a name that no engine has, or one that says its engine', async () => {
  await using to = await two()
  const id = await made(to.a, 'web')
  await made(to.b, 'db')
  const rename = async (container: string, name: string) => {
    const { status, body } = await to.one.call(`POST /containers/${container}/rename?name=${name}`)
    return [status, body?.message]
  }
  expect(await rename('web', 'db')).toEqual([
    409,
    'POST /containers/web/rename: there is a container db on b: remove it, or say a/db to have another one on a.',
  ])
  expect(await rename('web', 'b%2Ffront')).toEqual([
    409,
    'POST /containers/web/rename: the container is on a, and cannot be b/front: say a/front.',
  ])
  expect((await rename('a/web', 'a%2Ffront'))[0]).toBe(204)
  expect((await to.one.call('GET /containers/front/json')).body.Id).toBe(id)
  expect((await rename('front', 'back'))[0]).toBe(204)
  expect((await rename('back', 'a%2Fdb'))[0]).toBe(204)
  expect((await to.one.call('GET /containers/a/db/json')).body.Id).toBe(id)
})

it('of an engine that is down a warning says that it may have the name', async () => {
  await using to = await breakable()
  await made(to.a, 'web')
  await to.kill()
  const renamed = await to.one.call('POST /containers/web/rename?name=other')
  expect([renamed.status, renamed.headers.get('warning')]).toEqual([
    204,
    expect.stringMatching(/^299 - "engine b is down: /),
  ])
})
