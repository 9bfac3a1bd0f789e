import type { Call, Reply } from '@intermediate/core'
import { refused } from '../refused.js'
import type { Finder } from './finder.js'

/**
 * Has the engine save images that has all of them. What none has is for an engine to say.
 * @throws IntermediateError 409 where they are apart
 */
export async function save(finder: Finder, call: Call<'GET /images/get'>): Promise<Reply> {
  const names = call.queryValues('names')
  const all = await Promise.all(
    names.map(async (name) => ({ name, engines: (await finder.having(call, 'image', name)).engines })),
  )
  const there = all.filter(({ engines }) => engines.length > 0)
  if (there.length === 0) return (await finder.find(call, 'image', names[0] ?? '')).engine.send(call)
  const engine = there[0]!.engines.find((each) => there.every(({ engines }) => engines.includes(each)))
  if (engine !== undefined) return engine.send(call)
  const places = there.map(
    ({ name, engines }) => `${name} is on ${engines.map((each) => each.name).join(' and ')}`,
  )
  const what = `no engine has all of these images: ${places.join(', ')}. Save them one by one`
  throw refused(call, 409, what)
}
