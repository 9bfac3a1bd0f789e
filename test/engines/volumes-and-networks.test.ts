import { expect } from 'vitest'
import { forEachClient } from './compare.js'
import { ids, networkAddresses, times } from './differences.js'
import { busybox } from './docker.js'

forEachClient((same) => {
  same('a volume is made, used, listed and removed', {
    each: async ({ docker, name }) => {
      await docker`volume create --label play=${name} ${name}`
      await docker`run --rm --volume ${name}:/data ${busybox} sh -c ${'echo kept >/data/file'}`
      const { stdout } = await docker`run --rm --volume ${name}:/data:ro ${busybox} cat /data/file`
      expect(stdout).toBe('kept\n')
      await docker`volume ls --filter label=play=${name} --format ${'{{.Driver}} {{.Name}} {{.Labels}}'}`
      await docker`volume inspect ${name}`
      await docker`create --name ${name} --volume ${name}:/data ${busybox}`
      await docker({ exits: 1 })`volume rm ${name}`
      await docker`rm ${name}`
      await docker`volume rm ${name}`
      await docker({ exits: 1 })`volume inspect ${name}`
    },
    differs: [ids, times],
  })

  same('a tmpfs volume keeps its options', {
    once: ({ docker, name }) =>
      docker`volume create --opt type=tmpfs --opt device=tmpfs --opt o=size=1m ${name}`,
    each: async ({ docker, shared }) => {
      await docker`volume inspect ${shared.name}`
      await docker`run --rm --volume ${shared.name}:/data ${busybox} sh -c ${'grep " /data " /proc/mounts'}`
    },
  })

  same('a network is made, joined, left and removed', {
    each: async ({ docker, name }) => {
      await docker`network create --label play=${name} ${name}`
      await docker`run --detach --name ${name}-a --network ${name} --network-alias other ${busybox} sleep 100`
      const { stdout } =
        await docker`run --rm --network ${name} ${busybox} sh -c ${'ping -c 1 -W 5 -q other | grep packets'}`
      expect(stdout).toContain('1 packets received')
      await docker`network inspect ${name}`
      await docker`network disconnect ${name} ${name}-a`
      await docker`network connect --alias back ${name} ${name}-a`
      await docker`inspect --format ${'{{json .NetworkSettings.Networks}}'} ${name}-a`
      await docker({ exits: 1 })`network rm ${name}`
      await docker`kill ${name}-a`
      await docker`rm ${name}-a`
      await docker`network rm ${name}`
      await docker({ exits: 1 })`network inspect ${name}`
    },
    differs: [ids, networkAddresses, times],
  })

  same('networks by filter', {
    once: async ({ docker, name }) => {
      const option = 'com.docker.network.bridge.enable_icc=false'
      await docker`network create --driver bridge --internal --opt ${option} ${name}`
    },
    each: async ({ docker, shared }) => {
      await docker`network ls --no-trunc --filter name=${shared.name}`
      await docker`network inspect ${shared.name}`
      await docker({ exits: 'any' })`network ls --filter driver=nonsense`
      await docker({ exits: 1 })`network connect ${shared.name} nosuch`
    },
  })
})
