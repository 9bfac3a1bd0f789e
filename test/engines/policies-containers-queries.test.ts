import { afterAll, beforeAll, expect, it } from 'vitest'
import { queryJson } from '../disagreements/query-json.js'
import { busybox, dockerAt } from './docker.js'
import { environmentFor } from './engines.js'
import { ask } from './made.js'
import { forEachWay } from './policies-clients-stage.js'

// What the corpus says that filters mean is what engines make of them.

const lists = queryJson.filter(({ line }) => line.startsWith('GET /containers/json'))

forEachWay(({ engine, client, run }) => {
  const direct = dockerAt(client.program, environmentFor(engine.address), () => {})

  beforeAll(async () => {
    await direct`create --name ${run}-ab --label a=b ${busybox} true`
    await direct`create --name ${run}-cd --label c=d ${busybox} true`
  })
  afterAll(() => direct`rm ${run}-ab ${run}-cd`)

  it.each(lists)('$name', async ({ line, means }) => {
    const listed = await namesOf(line)
    expect(listed).toEqual(means === undefined ? 'refused' : await namesOf(means))
  })

  it('they tell containers apart', async () => {
    const a = encodeURIComponent('{"label":["a=b"]}')
    expect(await namesOf(`GET /containers/json?filters=${a}`)).toEqual([`/${run}-ab`])
    expect(await namesOf('GET /containers/json?filters=')).toEqual([`/${run}-cd`, `/${run}-ab`])
  })

  /** Refused with 400, which with some filters 20.10 calls a failure. */
  async function namesOf(line: string): Promise<readonly string[] | 'refused'> {
    const { status, value }: { status: number; value: unknown } = await ask(
      engine.address,
      'GET',
      `${line.split(' ')[1]}&all=1`,
    )
    if (status === 400 || status === 500) return 'refused'
    return (value as readonly { Names: readonly string[] }[])
      .flatMap(({ Names }) => Names)
      .filter((name) => name.startsWith(`/${run}`))
  }
}, 'one client')
