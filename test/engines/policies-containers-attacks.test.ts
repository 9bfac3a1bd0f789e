import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filter } from '@intermediate/filter'
import { temporaryFolder } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { busybox } from './docker.js'
import { any, first, refusalOf, stage } from './policies-containers-stage.js'

// What clients have got past a policy with, on the engine itself: it works without, and is refused with it.

describe.for(first)('$client.name on $engine.name', (way) => {
  it('a volume does not lead out of an allowed folder by a link in it', async () => {
    await using data = await temporaryFolder()
    await using on = await stage(way, filter.unprivileged({ hostPaths: [data.path] }))
    const { docker, direct, name, folder } = on
    await mkdir(join(folder, 'sub'))
    await writeFile(join(folder, 'secret'), 'of the host')
    const link = ['ln', '-s', `${folder}/sub`, '/data/link']
    await docker`run --rm --name ${name}-link --volume ${data.path}:/data ${busybox} ${link}`
    const options = ['--opt', 'type=none', '--opt', 'o=bind', '--opt', `device=${data.path}/link/..`]
    await direct`volume create ${options} ${name}-out`
    const shown = await direct`run --rm --name ${name}-cat --volume ${name}-out:/v ${busybox} cat /v/secret`
    expect(shown.stdout).toBe('of the host')
    const made = docker(any)`create --name ${name}-no --volume ${name}-out:/v ${busybox} true`
    for (const command of [made, docker(any)`volume create ${options} ${name}-no`])
      expect(await refusalOf(command)).toMatch(
        /^a volume with .*\/link\/\.\..* is not allowed here: allowed is /,
      )
  })

  it('docker top shows what it may, and no more by its arguments', async () => {
    await using on = await stage(way, filter.unprivileged())
    const { docker, name } = on
    await docker`run --detach --name ${name}-web ${busybox} sleep 100`
    expect((await docker`top ${name}-web`).stdout).toContain('sleep 100')
    expect((await docker`top ${name}-web -eo pid,args`).stdout).toContain('sleep 100')
    expect((await docker`top ${name}-web -eo user,pid,args`).stdout).toContain('sleep 100')
    expect(await refusalOf(docker(any)`top ${name}-web -eovsz=PID -o pid,args`)).toBe(
      'the ps arguments "-eovsz=PID -o pid,args" are not allowed here: allowed are letters as in -ef and aux, and one list of columns with nothing before pid but uid, ppid, pgid, sid, and user right in front of it, as in -eo user,pid,args',
    )
    await using allowed = await stage(way, filter.namespaces(['pid:host']))
    await allowed.docker(any)`top ${name}-web -eo args,pid`
  })

  it('a build stays in the network that was looked at, whatever gets its name meanwhile', async () => {
    await using on = await stage(way, filter.unprivileged({ namespaces: ['network:container'] }))
    const { docker, direct, name, folder } = on
    await docker`run --detach --name ${name}-web ${busybox} sleep 100`
    await direct`run --detach --name ${name}-host --network host ${busybox} sleep 100`
    const namespace = async (container: string) =>
      (await direct`exec ${container} readlink /proc/self/ns/net`).stdout.trim()
    const [own, host] = [await namespace(`${name}-web`), await namespace(`${name}-host`)]
    expect(own).not.toBe(host)
    const look = 'RUN echo in $(readlink /proc/self/ns/net)'
    await writeFile(
      join(folder, 'Dockerfile'),
      `FROM busybox:latest\nLABEL ${name}=made\n${look} && sleep 4\n${look} still\n`,
    )
    const classic = { env: { DOCKER_BUILDKIT: '0' } }
    const network = ['--network', `container:${name}-web`]
    const build = docker(classic)`build --no-cache --force-rm ${network} --tag ${name}:made ${folder}`
    await build.shows(/^in net/m)
    await docker`rename ${name}-web ${name}-was`
    await direct`rename ${name}-host ${name}-web`
    const shown = [...(await build).stdout.matchAll(/^in (\S+)/gm)].map(([, each]) => each)
    expect(shown).toEqual([own, own])
  })
})
