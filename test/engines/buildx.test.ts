import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contextOf, made, plain, runIt } from './build-context.js'
import { forEachClient } from './compare.js'
import { ids } from './differences.js'

forEachClient((same) => {
  same('buildx build and ls', {
    each: async (play) => {
      const { docker, name } = play
      const at = await contextOf(play)
      await docker({ compared: 'as progress' })`buildx build ${plain} --load ${made} --tag ${name}:made ${at}`
      await runIt(docker, name)
      await docker`buildx inspect default`
      await docker`buildx du --filter description=nonsense`
    },
    differs: [ids],
  })

  same('buildx bake', {
    each: async (play) => {
      const { docker, name, folder } = play
      const at = await contextOf(play)
      const file = join(folder, 'bake.json')
      const target = (tag: string) => ({
        context: at,
        target: 'made',
        args: { WHO: tag },
        tags: [`${name}:${tag}`],
      })
      await writeFile(
        file,
        JSON.stringify({
          group: { default: { targets: ['a', 'b'] } },
          target: { a: target('made'), b: target('other') },
        }),
      )
      await docker({ compared: 'not at all' })`buildx bake ${plain} --file ${file}`
      await runIt(docker, name)
    },
  })
}, 'buildx')
