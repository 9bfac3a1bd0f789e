import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { forEachClient } from './compare.js'
import { ids, times } from './differences.js'
import { busybox } from './docker.js'
import { tarEntries } from './tar-entries.js'

forEachClient((same) => {
  same('save, history, inspect and ls of one image', {
    once: async ({ docker, name }) => {
      await docker`run --name ${name} ${busybox} sh -c ${'head -c 20000000 /dev/urandom >/bulk'}`
      await docker`commit --message why --author somebody ${name} ${name}:v1`
      await docker`tag ${name}:v1 ${name}:v2`
    },
    each: async ({ docker, shared, folder, note }) => {
      const { bytes } = await docker({ compared: 'not at all' })`save ${shared.name}:v1`
      expect(bytes.length).toBeGreaterThan(20_000_000)
      note('content', tarEntries(bytes))
      await docker`save --output ${folder}/tar ${shared.name}:v1 ${shared.name}:v2`
      note('content with two tags', tarEntries(await readFile(join(folder, 'tar'))))
      await docker`image inspect ${shared.name}:v1`
      const steps = '{{.ID}} {{.CreatedAt}} {{.CreatedBy}} {{.Size}} {{.Comment}}'
      await docker`history --no-trunc --format ${steps} ${shared.name}:v1`
      const images = '{{.Repository}} {{.Tag}} {{.ID}} {{.Size}}'
      await docker`image ls --no-trunc --filter reference=${shared.name} --format ${images}`
    },
  })

  same('commit and diff', {
    once: async ({ docker, name }) => {
      await docker`run --name ${name} ${busybox} touch /new`
    },
    each: async ({ docker, name, shared }) => {
      const { stdout } = await docker`diff ${shared.name}`
      expect(stdout).toBe('A /new\n')
      const changes = ['--change', 'CMD ["cat", "/new"]', '--change', 'LABEL a=b']
      await docker`commit --message why --author somebody ${changes} ${shared.name} ${name}:made`
      await docker`image inspect ${name}:made`
      await docker`run --rm --pull never ${name}:made`
    },
    differs: [ids, times],
  })

  same('import, save, rm and load', {
    each: async ({ docker, name, run }) => {
      await docker`run --name ${name} ${busybox} sh -c ${`yes ${name} | head -c 5000000 >/bulk`}`
      const { bytes: tree } = await docker({ compared: 'not at all' })`export ${name}`
      const label = `LABEL ${run}=made play=${name}`
      await docker({ stdin: tree })`import --change ${label} --message why - ${name}:made`
      const { bytes: image } = await docker({ compared: 'not at all' })`save ${name}:made`
      await docker`tag ${name}:made ${name}:again`
      await docker`image rm ${name}:again`
      await docker`image rm ${name}:made`
      await docker({ exits: 1 })`image inspect ${name}:made`
      await docker({ stdin: image })`load`
      await docker({ stdin: image })`load --quiet`
      await docker`image inspect ${name}:made`
      await docker`run --rm --pull never ${name}:made sh -c ${'wc -c /bulk; head -n 1 /bulk'}`
    },
    differs: [ids, times],
  })

  same('images that are not there', async ({ docker }) => {
    await docker({ exits: 1 })`image inspect nosuch:image`
    await docker({ exits: 1 })`image rm nosuch:image`
    await docker({ exits: 1 })`tag nosuch:image other`
    await docker({ exits: 1 })`save nosuch:image`
    await docker({ exits: 1 })`history nosuch:image`
    await docker({ exits: 'any', stdin: 'this is no tar'.repeat(1000) })`load`
    await docker({ exits: 'any', stdin: 'this is no tar'.repeat(1000) })`import -`
  })
})
