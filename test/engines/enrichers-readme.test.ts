import { intermediate } from '@intermediate/core'
import { describe, expect, it } from 'vitest'
import { layers, shown } from '../enrichers/readme-shown.js'
import { chainOf } from './chain.js'
import { dockerAt } from './docker.js'
import { environmentFor } from './engines.js'
import { forEachWay } from './policies-clients-stage.js'

// Whoever types what enricher's README shows is told what it says there.

forEachWay(({ engine, client, run }) => {
  const web = `${run}-web`
  const direct = dockerAt(client.program, environmentFor(engine.address), () => {})
  const mirrored = 'mirror.local/hub/library/busybox:latest'

  describe('the enrichers of the README', () => {
    it.each(shown)('$made', async ({ name, commands, prints }) => {
      await using chain = await chainOf(1, engine.address, 'unix', intermediate().use(layers[name]!))
      const docker = dockerAt(client.program, environmentFor(chain.address), () => {})
      if (name === 'imageMirror') await direct`tag busybox:latest ${mirrored}`
      try {
        let said = ''
        for (const command of commands) said = (await docker`${wordsOf(command, web)}`).stdout
        expect(said).toBe(`${prints}\n`)
      } finally {
        if (commands.length > 1) await direct`rm --force ${web}`
        if (name === 'imageMirror') await direct`rmi --no-prune ${mirrored}`
      }
    })
  })
}, 'one client')

/** What follows `docker`; what is quoted is one word. The image is the one that is there. */
function wordsOf(command: string, web: string): readonly string[] {
  const words = command
    .match(/'[^']*'|\S+/g)!
    .slice(1)
    .map((word) => word.replaceAll(`'`, ''))
  const pulled = words[0] === 'create' ? ['create', '--pull', 'never', ...words.slice(1)] : words
  return pulled.map((word) => (word === 'web' ? web : word))
}
