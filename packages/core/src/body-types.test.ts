import { Readable } from 'node:stream'
import { expectTypeOf, test } from 'vitest'
import type { Call, Reply } from '@intermediate/core'

declare const any: Call
declare const ofVolumes: Call<'POST /volumes/create'>
declare const ofSeveral: Call<'POST /volumes/create' | 'POST /networks/create'>
declare const ofArchives: Call<'PUT /containers/:id/archive'>
declare const undescribed: Call<'POST /build/cancel'>
declare const list: Reply<'GET /containers/json'>

/** Compiled, not run. */
const compiles = (program: () => unknown): void => {
  expectTypeOf(program).toBeFunction()
}

test('a call that a layer makes takes a body of its endpoint, and text, bytes and streams', () => {
  compiles(() => [
    any.ask('POST /volumes/create', { body: { Name: 'v' } }),
    any.to('POST /volumes/create', { body: '{"Nmae":"v"}' }),
    any.to('PUT /containers/:id/archive', { params: { id: 'web' }, body: Readable.from([]) }),
    // @ts-expect-error it is Name
    any.ask('POST /volumes/create', { body: { Nmae: 'v' } }),
    // @ts-expect-error it is Name
    any.to('POST /volumes/create', { body: { Nmae: 'v' } }),
    // @ts-expect-error the body of GET /info is no JSON
    any.ask('GET /info', { body: { Name: 'v' } }),
  ])
})

test('a body that a layer gives a call is one of its endpoint', () => {
  compiles(() => {
    ofVolumes.body = { Name: 'v', Labels: { team: 'core' } }
    ofVolumes.body = Buffer.from('{}')
    ofVolumes.body = ofVolumes.body.pipe(process.stdout) as unknown as Readable
    undescribed.body = { whatever: 1 }
    // @ts-expect-error it is Name
    ofVolumes.body = { Nmae: 'v' }
    // @ts-expect-error a name is text
    ofVolumes.body = { Name: 1 }
    // @ts-expect-error an archive is no JSON
    ofArchives.body = { Name: 'v' }
  })
})

test('a body for one of several endpoints fits them all', () => {
  compiles(() => {
    ofSeveral.body = { Name: 'v' }
    // @ts-expect-error neither has it
    ofSeveral.body = { Nmae: 'v' }
    // @ts-expect-error which endpoint it is has to be asked first
    any.body = { Name: 'v' }
    if (any.endpoint === 'POST /volumes/create') any.body = { Name: 'v' }
  })
})

test('a body that a layer gives a reply is one of its endpoint, and that of an error is not', () => {
  compiles(() => {
    if (list.ok) list.body = [{ Id: '1' }]
    else list.body = { message: 'no' }
    list.body = '[]'
    // @ts-expect-error it is Id
    if (list.ok) list.body = [{ Id: '1', Imgae: 'x' }]
    // @ts-expect-error it is a list
    if (list.ok) list.body = { Id: '1' }
  })
})
