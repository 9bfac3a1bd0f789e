import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { forEachClient } from './compare.js'
import { ids } from './differences.js'
import { busybox } from './docker.js'
import { hash } from './transcript.js'

const megabyte = 1024 * 1024

forEachClient((same) => {
  same('cp carries 50 MB in and out', {
    once: ({ folder }) => writeFile(join(folder, 'bulk'), randomBytes(50 * megabyte)),
    each: async ({ docker, name, folder, shared }) => {
      const bulk = join(shared.folder, 'bulk')
      await docker`create --name ${name} ${busybox} sha256sum /bulk`
      await docker`cp ${bulk} ${name}:/bulk`
      await docker`start --attach ${name}`
      await docker`cp ${name}:/bulk ${folder}/back`
      expect(hash(await readFile(join(folder, 'back')))).toBe(hash(await readFile(bulk)))
    },
    differs: [ids],
  })

  same('cp carries folders, links and modes', {
    once: async ({ docker, name, folder }) => {
      await mkdir(join(folder, 'tree', 'branch'), { recursive: true })
      await writeFile(join(folder, 'tree', 'branch', 'leaf'), 'green\n', { mode: 0o640 })
      await docker`create --name ${name} ${busybox} true`
    },
    each: async ({ docker, name, folder, shared, note }) => {
      await docker`create --name ${name} ${busybox} ls -lR /tree`
      await docker`cp ${shared.folder}/tree ${name}:/`
      await docker`start --attach ${name}`
      await docker`cp ${name}:/tree ${folder}`
      note('copied', (await readdir(folder, { recursive: true })).toSorted())
      await docker`cp --follow-link ${shared.name}:/bin/sh ${folder}/sh`
      note('followed', hash(await readFile(join(folder, 'sh'))))
    },
    differs: [ids],
  })

  same('cp takes and gives a tar', {
    once: ({ docker, name }) => docker`create --name ${name} ${busybox} true`,
    each: async ({ docker, name, shared }) => {
      const { bytes } = await docker`cp ${shared.name}:/bin -`
      expect(bytes.length).toBeGreaterThan(megabyte)
      await docker`create --name ${name} ${busybox} sh -c ${'cd /tmp/bin && ls | wc -l && sha256sum busybox'}`
      await docker({ stdin: bytes })`cp - ${name}:/tmp`
      await docker`start --attach ${name}`
    },
    differs: [ids],
  })

  same('cp says what is not there', {
    once: ({ docker, name }) => docker`create --name ${name} ${busybox} true`,
    each: async ({ docker, shared, folder }) => {
      await docker({ exits: 1 })`cp ${shared.name}:/nosuch ${folder}`
      await docker({ exits: 1 })`cp nosuch:/etc ${folder}`
      await docker({ exits: 1 })`cp ${folder} ${shared.name}:/nosuch/nosuch/`
      await docker({ exits: 1, stdin: 'this is no tar'.repeat(1000) })`cp - ${shared.name}:/tmp`
    },
    differs: [ids],
  })

  same('export gives the same bytes', {
    once: async ({ docker, name }) => {
      await docker`run --name ${name} ${busybox} sh -c ${'head -c 20000000 /dev/urandom >/bulk'}`
    },
    each: async ({ docker, shared, folder }) => {
      const { bytes } = await docker`export ${shared.name}`
      expect(bytes.length).toBeGreaterThan(20_000_000)
      await docker`export --output ${folder}/tar ${shared.name}`
      expect((await readFile(join(folder, 'tar'))).equals(bytes)).toBe(true)
    },
    // An export makes a /.pivot_root… in the container while it starts, which other exports then contain.
    inTurn: true,
  })
})
