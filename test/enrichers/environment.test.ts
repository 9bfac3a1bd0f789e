import { enricher } from '@intermediate/enricher'
import { describe, expect, it } from 'vitest'
import { behind } from './behind.js'

const proxy = { HTTP_PROXY: 'http://proxy:3128' }
const entry = 'HTTP_PROXY=http://proxy:3128'

describe('environment', () => {
  it.each([
    [undefined, [entry]],
    [null, [entry]],
    [
      ['A=1', 'HTTP_PROXY=other', 'HTTP_PROXY', 'HTTP_PROXY2=b'],
      ['A=1', 'HTTP_PROXY2=b', entry],
    ],
    [
      [entry, 'A=1'],
      [entry, 'A=1'],
    ],
    [
      [entry, 'A=1', 'HTTP_PROXY=other'],
      ['A=1', entry],
    ],
    [[entry, entry], [entry]],
    [
      [1, entry, null],
      [1, entry, null],
    ],
  ])('of %j makes %j, in containers and in those of services', async (Env, expected) => {
    await using to = await behind([enricher.environment(proxy)])
    expect((await to.send('POST /containers/create', { Env })).body).toEqual({ Env: expected })
    for (const line of ['POST /services/create', 'POST /services/web/update'])
      expect((await to.send(line, { TaskTemplate: { ContainerSpec: { Env } } })).body).toEqual({
        TaskTemplate: { ContainerSpec: { Env: expected } },
      })
  })

  it('with keep, what the client sets or takes out stays', async () => {
    await using to = await behind([enricher.environment({ A: '1', B: '2', C: '3' }, { keep: true })])
    const { body } = await to.send('POST /containers/create', { Env: ['A=mine', 'B'] })
    expect(body).toEqual({ Env: ['A=mine', 'B', 'C=3'] })
  })

  it('leaves an exec alone', async () => {
    await using to = await behind([enricher.environment(proxy)])
    expect((await to.send('POST /containers/web/exec', { Cmd: ['env'] })).body).toEqual({ Cmd: ['env'] })
  })

  it.each([
    [{}, 'enricher.environment() was given nothing to set.'],
    [{ 'A=B': '' }, 'The variable "A=B" cannot be set: leave out "=" and NUL.'],
    [null, 'enricher.environment() takes an object of names and their values.'],
  ])('%j is an error at start', (variables, message) => {
    expect(() => enricher.environment(variables as Record<string, string>)).toThrow(message)
  })
})
