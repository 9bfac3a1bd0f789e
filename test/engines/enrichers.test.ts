import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { intermediate } from '@intermediate/core'
import type { Layer } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'
import { temporaryFolder } from '@intermediate/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { chainOf } from './chain.js'
import type { Command } from './command.js'
import { busybox, dockerAt } from './docker.js'
import type { Docker } from './docker.js'
import { environmentFor } from './engines.js'
import { foundEngines } from './found-engines.js'
import type { Client, Engine } from './engines.js'
import { removeLeftOvers } from './left-overs.js'
import { ask } from './made.js'

const engines = await foundEngines()

const run = `im-${randomBytes(3).toString('hex')}`
const m = 1024 ** 2

describe.each(engines)('$name', (engine: Engine) => {
  afterAll(() => removeLeftOvers(direct(engine), run))

  describe.each(engine.clients)('$name', (client: Client) => {
    const name = `${run}-${engine.clients.indexOf(client)}`

    it('labels are on what is created', async () => {
      await using to = await through(
        engine,
        client,
        enricher.labels({ team: 'core', odd: String.raw`"a" \$b` }),
      )
      const labels = { team: 'core', odd: String.raw`"a" \$b` }
      await to.docker`create --name ${name}-l --label team=other --label a=b
        --mount type=volume,source=${name}-l,target=/v ${busybox}`
      await to.docker`volume create ${name}-l2`
      await to.docker`network create ${name}-l`
      await to.docker`commit --change ${'LABEL team=other'} ${name}-l ${name}-l`
      await to.docker({
        stdin: 'FROM busybox:latest',
        env: { DOCKER_BUILDKIT: '0' },
      })`build --tag ${name}-b -`
      await to.docker({ stdin: Buffer.alloc(1024) })`import - ${name}-i`
      expect(await to.json('inspect', `${name}-l`, '.Config.Labels')).toEqual({ ...labels, a: 'b' })
      expect(await to.json('volume inspect', `${name}-l`, '.Labels')).toEqual(labels)
      expect(await to.json('volume inspect', `${name}-l2`, '.Labels')).toEqual(labels)
      expect(await to.json('network inspect', `${name}-l`, '.Labels')).toEqual(labels)
      expect(await to.json('image inspect', `${name}-l`, '.Config.Labels')).toEqual({ ...labels, a: 'b' })
      expect(await to.json('image inspect', `${name}-b`, '.Config.Labels')).toEqual(labels)
      expect(await to.json('image inspect', `${name}-i`, '.Config.Labels')).toEqual(labels)
    })

    it('the environment is that of containers', async () => {
      await using to = await through(engine, client, enricher.environment({ HTTP_PROXY: 'http://proxy' }))
      const { stdout } = await to.docker`run --rm --env HTTP_PROXY=other --env A=1 ${busybox} env`
      expect(stdout).toMatch(/^HTTP_PROXY=http:\/\/proxy$/m)
      expect(stdout).toMatch(/^A=1$/m)
      expect(stdout).not.toContain('other')
    })

    it('limits hold on create, update and build', async () => {
      const limits = {
        memory: { default: '64m', max: '128m' },
        cpus: { default: 0.5, max: 1 },
        pids: { max: 50 },
      }
      await using to = await through(engine, client, enricher.limits(limits))
      const format =
        '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}'
      const seen = async () => (await to.docker`inspect --format ${format} ${name}-m`).stdout.trim()
      await to.docker`run --detach --name ${name}-m ${busybox} sleep 100`
      expect(await seen()).toBe(`${64 * m} ${128 * m} 500000000 50`)
      await to.docker`update --memory 1g --memory-swap -1 --cpus 1.5 --pids-limit -1 ${name}-m`
      expect(await seen()).toBe(`${128 * m} ${256 * m} 1000000000 50`)
      await to.docker`update --cpu-shares 512 ${name}-m`
      expect(await seen()).toBe(`${128 * m} ${256 * m} 1000000000 50`)
      await to.docker`rm --force ${name}-m`
      await to.docker`create --name ${name}-m --memory 1g --memory-swap -1 --pids-limit -1 --cpus 2 ${busybox}`
      expect(await seen()).toBe(`${128 * m} ${256 * m} 1000000000 50`)
      const cgroup =
        'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || true'
      const Dockerfile = `FROM busybox:latest\nRUN ${cgroup} # ${name}\n`
      const built = await to.docker({ stdin: Dockerfile, env: { DOCKER_BUILDKIT: '0' } })`build --no-cache
        --memory 1g --label ${run} -`
      expect(built.stdout).toContain(`${128 * m}`)
    })

    it('one limit is not lifted by another', async () => {
      await using to = await through(engine, client, enricher.limits({ cpus: { max: 1 } }))
      const format = '{{.HostConfig.CpuQuota}}/{{.HostConfig.CpuPeriod}} {{.HostConfig.NanoCpus}}'
      const seen = async () => (await to.docker`inspect --format ${format} ${name}-u`).stdout.trim()
      await to.docker`create --name ${name}-u --cpu-quota 50000 ${busybox}`
      await to.docker`update --cpu-period 10000 ${name}-u`
      expect(await seen()).toBe('10000/10000 0')
      await to.docker`rm ${name}-u`
      const HostConfig = { NanoCpus: 5e8, CpuQuota: -1 }
      const body = Buffer.from(JSON.stringify({ Image: 'busybox:latest', HostConfig }))
      expect((await ask(to.address, 'POST', `/containers/create?name=${name}-u`, body)).status).toBe(201)
      expect(await seen()).toBe('0/0 500000000')
      await to.docker`update --cpu-quota -1 ${name}-u`
      expect(await seen()).toBe('0/0 500000000')
    })

    it('containers come onto the network, with their links, unless they ask for another', async () => {
      await direct(engine)`network create ${name}-n`
      await using to = await through(engine, client, enricher.network(`${name}-n`))
      await to.docker`run --detach --name ${name}-n1 ${busybox} sleep 100`
      await to.docker`run --detach --name ${name}-n2 --link ${name}-n1:other ${busybox} sleep 100`
      await to.docker`create --name ${name}-n3 --network host ${busybox}`
      const networks = async (container: string) =>
        Object.keys((await to.json('inspect', container, '.NetworkSettings.Networks')) as object)
      expect(await networks(`${name}-n1`)).toEqual([`${name}-n`])
      expect(await networks(`${name}-n2`)).toEqual([`${name}-n`])
      expect(await networks(`${name}-n3`)).toEqual(['host'])
      const { stdout } = await to.docker`exec ${name}-n2 ping -c 1 -W 5 -q other`
      expect(stdout).toContain('1 packets received')
      await to.docker`rm --force ${name}-n1 ${name}-n2 ${name}-n3`
      await to.docker`network rm ${name}-n`
    })

    it('images are taken from the mirror', async () => {
      await using mirror = await registry()
      const place = `${mirror.host}/${run}`
      await using to = await through(engine, client, enricher.imageMirror({ 'docker.io': place }))
      await to.docker({ exits: 1 })`pull busybox:of-${run}`
      expect(mirror.seen).toContain(`/v2/${run}/library/busybox/manifests/of-${run}`)

      await to.docker`create --name ${name}-local --pull never busybox:latest`
      expect(await to.json('inspect', `${name}-local`, '.Config.Image')).toBe('busybox:latest')
      const mirrored = `${place}/library/busybox:latest`
      await direct(engine)`tag busybox:latest ${mirrored}`
      try {
        await to.docker`create --name ${name}-mirrored --pull never busybox`
        expect(await to.json('inspect', `${name}-mirrored`, '.Config.Image')).toMatch(
          `${place}/library/busybox`,
        )
        await to.docker`rm ${name}-mirrored ${name}-local`
        const Dockerfile = 'FROM busybox\nCOPY --from=docker.io/library/busybox /bin/true /\n'
        const { stdout } = await to.docker({
          stdin: Dockerfile,
          env: { DOCKER_BUILDKIT: '0' },
        })`build --tag ${name}-built -`
        expect(stdout).toContain(`FROM ${place}/library/busybox\n`)
        expect(stdout).toContain(`COPY --from=${place}/library/busybox /bin/true /\n`)
        await direct(engine)`rmi ${name}-built`
      } finally {
        await direct(engine)`rmi --no-prune ${mirrored}`
      }
    })

    it('credentials are sent to no mirror, unless that was said', async () => {
      await using folder = await temporaryFolder()
      const auth = Buffer.from('me:secret').toString('base64')
      const config = { auths: { 'https://index.docker.io/v1/': { auth } } }
      await writeFile(folder.file('config.json'), JSON.stringify(config))
      const env = { DOCKER_CONFIG: folder.path }
      const told = async (options?: { sendCredentials: boolean }) => {
        await using mirror = await registry('Basic realm="mirror"')
        const layer = enricher.imageMirror({ 'docker.io': `${mirror.host}/${run}` }, options)
        await using to = await through(engine, client, layer)
        await to.docker({ env, exits: 1 })`pull busybox:of-${run}`
        expect(mirror.seen).toContain('/v2/')
        return new Set(mirror.credentials)
      }
      expect(await told()).toEqual(new Set())
      expect(await told({ sendCredentials: true })).toEqual(new Set([`Basic ${auth}`]))
    })

    it('a version that the engine does not have is refused without a shim', async () => {
      const docker = dockerAt(client.program, environmentFor(engine.address), () => {})
      const refused = await docker({ env: { DOCKER_API_VERSION: '1.99' }, exits: 1 })`ps`
      expect(refused.stderr).toContain('client version 1.99 is too new')
    })

    it.each(['1.12', '1.24', '1.45', '1.99'])('a client that insists on API %s works', async (version) => {
      const env = { DOCKER_API_VERSION: version }
      await using to = await through(engine, client, enricher.apiVersion())
      const container = `${name}-v${version}`
      const { stdout } = await to.docker({
        env,
        stdin: 'typed',
      })`run --interactive --name ${container} ${busybox} cat`
      expect(stdout).toBe('typed')
      expect((await to.docker({ env })`logs ${container}`).stdout).toBe('typed')
      expect((await to.docker({ env })`ps --all --filter name=${container} --format {{.Names}}`).stdout).toBe(
        `${container}\n`,
      )
      await to.docker({ env })`rm ${container}`
      await to.docker({ env })`version`
    })

    it.runIf(client.abilities.includes('compose'))('what compose starts has labels and limits', async () => {
      const layers = [enricher.labels({ team: 'core' }), enricher.limits({ pids: { max: 50 } })]
      await using to = await through(engine, client, ...layers)
      await using folder = await temporaryFolder()
      const file = folder.file('compose.yml')
      await writeFile(
        file,
        'services: { web: { image: busybox:latest, pull_policy: never, command: sleep 100 } }',
      )
      const project = ['--project-name', `${name}-c`, '--file', file]
      await to.docker`compose ${project} up --detach`
      try {
        expect(await to.json('inspect', `${name}-c-web-1`, '.Config.Labels')).toMatchObject({ team: 'core' })
        expect(await to.json('inspect', `${name}-c-web-1`, '.HostConfig.PidsLimit')).toBe(50)
        expect(await to.json('network inspect', `${name}-c_default`, '.Labels')).toMatchObject({
          team: 'core',
        })
      } finally {
        await to.docker`compose ${project} down --timeout 0`
      }
    })
  })
})

interface Through extends AsyncDisposable {
  readonly docker: Docker
  readonly address: string
  /** What `docker inspect` and the like show there. */
  json(command: string, name: string, at: string): Promise<unknown>
}

/** The docker command line, and an engine behind these layers, twice: what they do is done once. */
async function through(engine: Engine, client: Client, ...layers: readonly Layer[]): Promise<Through> {
  const stack = intermediate()
  for (const layer of layers) stack.use(layer)
  const chain = await chainOf(2, engine.address, 'unix', stack)
  const commands: Command[] = []
  const docker = dockerAt(client.program, environmentFor(chain.address), (command) => commands.push(command))
  return {
    docker,
    address: chain.address,
    async json(command, name, at) {
      return JSON.parse((await docker`${command.split(' ')} --format ${`{{json ${at}}}`} ${name}`).stdout)
    },
    async [Symbol.asyncDispose]() {
      for (const command of commands) await command.kill()
      await chain[Symbol.asyncDispose]()
    },
  }
}

function direct({ address, clients }: Engine): Docker {
  return dockerAt(clients[0]!.program, environmentFor(address), () => {})
}

/** A registry that has nothing, and says what it was asked, with which credentials where it asks for some. */
async function registry(challenge?: string) {
  const seen: string[] = []
  const credentials: string[] = []
  const server = createServer(({ url, headers }, reply) => {
    seen.push(url ?? '')
    if (headers.authorization !== undefined) credentials.push(headers.authorization)
    if (challenge !== undefined && headers.authorization === undefined) {
      reply.writeHead(401, { 'WWW-Authenticate': challenge }).end()
      return
    }
    const isRoot = url === '/v2/'
    reply.writeHead(isRoot ? 200 : 404, { 'Content-Type': 'application/json' })
    reply.end(isRoot ? '{}' : '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"nothing here"}]}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    credentials,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
