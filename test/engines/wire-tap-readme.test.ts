import { expect, it } from 'vitest'
import { comparable, shownInReadme, written } from '../wire-tap/readme-console.js'
import example from '../wire-tap/readme-example.js'
import { dockerBehind } from './example-stage.js'
import { foundEngines } from './found-engines.js'

const engines = await foundEngines()

it.for(engines)('the README of wire-tap shows what $name answers', async (engine) => {
  const said = await shownInReadme()
  const name = `tap-${process.pid}`
  await using to = await dockerBehind({ default: example }, engine, engine.clients[0]!)
  const words = said.command.split(' ')
  expect(words.pop()).toBe('data')
  try {
    const lines = await written(said.lines.length, async () => void (await to.docker`${words} ${name}`))
    const shown = lines.map((line) => line.replaceAll(name, 'data'))
    // The length of the name is in what was counted.
    const counted = (line: string) => comparable(line).replace(/\d+ B in/, 'N B in')
    expect(shown.map(counted)).toEqual(said.lines.map(counted))
  } finally {
    await to.docker`volume rm ${name}`
  }
})
