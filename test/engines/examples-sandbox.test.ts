import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { temporaryFolder } from '@intermediate/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { example } from '../examples/tried.js'
import { busybox } from './docker.js'
import { foundEngines } from './found-engines.js'
import type { Client, Engine } from './engines.js'
import { at, dockerBehind } from './example-stage.js'
import { removeLeftOvers } from './left-overs.js'

const engines = await foundEngines()

const run = `exb-${randomBytes(3).toString('hex')}`

describe.each(engines)('$name', (engine: Engine) => {
  afterAll(() => removeLeftOvers(at(engine.address, engine.clients[0]!), run))

  describe.each(engine.clients)('$name', (client: Client) => {
    const name = `${run}-${engine.clients.indexOf(client)}`
    const direct = at(engine.address, client)
    const through = async (file: string, env?: Readonly<Record<string, string>>) =>
      dockerBehind(await example(file, env), engine, client)

    it('sandbox has an agent work in its workspace, and nowhere else', async () => {
      await using folder = await temporaryFolder()
      await writeFile(folder.file('file'), 'content\n')
      await direct`create --name ${name}-other ${busybox} true`
      await using to = await through('sandbox', { AGENT: name, WORKSPACE: folder.path, IMAGES: 'busybox' })
      const work = ['--volume', `${folder.path}:/work`, '--workdir', '/work']
      await to.docker`run --detach --name ${name}-s ${work} --memory 100g ${busybox} sh -c ${'cat file; exec sleep 600'}`
      await expect.poll(async () => (await to.docker`logs ${name}-s`).stdout).toBe('content\n')
      await to.docker`exec ${name}-s sh -c ${'echo made >made'}`
      expect(await readFile(folder.file('made'), 'utf8')).toBe('made\n')
      await to.docker`cp ${name}-s:/work/file -`
      const bounds = '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}'
      const { stdout } = await to.docker`inspect --format ${bounds} ${name}-s`
      expect(stdout).toBe(`${2 * 1024 ** 3} 1000000000 500\n`)
      expect((await to.docker`ps --all --format ${'{{.Names}}'}`).stdout).toBe(`${name}-s\n`)
      expect(await to.refused`rm ${name}-other`).toContain(`No such container: ${name}-other`)
      for (const path of ['/', '/etc', `${folder.path}/..`, `${folder.path}/link`])
        expect(await to.refused`run --rm --volume ${path}:/x ${busybox} true`).toMatch(
          /the host path \S+ is not allowed here/,
        )
      expect(await to.refused`run --rm --network host ${busybox} true`).toContain('the network namespace of')
      expect(await to.refused`run --rm --pull never alpine true`).toContain('the image alpine is not allowed')
      expect(await to.refused`commit ${name}-s busybox:latest`).toContain(`names for that are ${name}/*`)
      const build = to.docker({ stdin: 'FROM busybox', env: { DOCKER_BUILDKIT: '0' }, exits: 1 })`build -`
      expect((await build).stderr).toContain('POST /build is not allowed here')
      await to.docker`rm --force ${name}-s`
      await direct`rm ${name}-other`
    })

    it.runIf(client.abilities.includes('compose'))('sandbox runs compose in its workspace', async () => {
      await using folder = await temporaryFolder()
      await writeFile(
        folder.file('compose.yaml'),
        `services:
  web:
    { image: "busybox:latest", pull_policy: never, stop_grace_period: 0s, command: [sleep, "600"], volumes: [".:/work", "data:/data"] }
volumes: { data: {} }
`,
      )
      await using to = await through('sandbox', { AGENT: name, WORKSPACE: folder.path, IMAGES: 'busybox' })
      const project = `${name}-c`
      const compose = ['compose', '--project-name', project, '--project-directory', folder.path]
      await to.docker`${compose} up --detach`
      expect((await to.docker`${compose} exec -T web ls /work`).stdout).toBe('compose.yaml\n')
      await to.docker`${compose} down --volumes`
    })
  })
})
