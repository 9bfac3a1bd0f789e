import { expect } from 'vitest'
import { forEachClient } from './compare.js'
import { ids } from './differences.js'
import { busybox } from './docker.js'

// Every scenario of every test here is also played through the reading layer, see compare.ts. These are for the replies
// that no other scenario has.

forEachClient((same) => {
  same('pull and push without a registry', {
    each: async ({ docker, name }) => {
      const { stderr } = await docker({ exits: 1 })`pull 127.0.0.1:1/nosuch:image`
      expect(stderr).toContain('refused')
      await docker`tag busybox:latest 127.0.0.1:1/${name}`
      await docker({ exits: 1 })`push 127.0.0.1:1/${name}`
      await docker`image rm 127.0.0.1:1/${name}`
    },
    differs: [ids],
  })

  same('login without a registry', async ({ docker }) => {
    const login = docker({ exits: 1, stdin: 'secret' })
    const { stderr } = await login`login --username a --password-stdin 127.0.0.1:1`
    expect(stderr).toContain('refused')
  })

  same('disk use, lists of all, and what needs a swarm', {
    once: async ({ docker, name }) => {
      await docker`create --name ${name} --label play=${name} --volume /kept ${busybox} true`
    },
    each: async ({ docker, shared }) => {
      // Other tests make and remove things at the same time.
      await docker({ compared: 'not at all' })`system df`
      await docker({ compared: 'not at all' })`system df --verbose`
      await docker({ compared: 'not at all' })`ps --all --size`
      await docker({ compared: 'not at all' })`images --all`
      await docker`ps --all --size --filter name=${shared.name} --format ${'{{.Names}} {{.Size}} {{.Mounts}}'}`
      await docker`images --digests --no-trunc --filter reference=busybox:latest`
      await docker`plugin ls`
      await docker({ exits: 1 })`plugin inspect nosuch`
      const { stderr } = await docker({ exits: 1 })`node ls`
      expect(stderr).toContain('not a swarm manager')
      await docker({ exits: 1 })`service create --name ${shared.name} busybox:latest`
      await docker({ exits: 1 })`secret ls`
    },
    // The engine counts for one at a time.
    inTurn: true,
    differs: [ids],
  })
})
