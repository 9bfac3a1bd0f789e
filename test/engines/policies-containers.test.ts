import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filter } from '@intermediate/filter'
import { describe, expect, it } from 'vitest'
import { busybox } from './docker.js'
import { any, each, first, refusalOf, stage } from './policies-containers-stage.js'

describe.for(each)('$client.name on $engine.name, unprivileged', (way) => {
  it('what is ordinary works', async () => {
    await using on = await stage(way, filter.unprivileged())
    const { docker, name, folder } = on
    const hardened = [
      '--cap-drop',
      'ALL',
      '--cap-add',
      'CHOWN',
      '--security-opt',
      'no-new-privileges',
      '--read-only',
    ]
    const bounded = [
      '--memory',
      '64m',
      '--pids-limit',
      '50',
      '--ulimit',
      'nofile=99:99',
      '--tmpfs',
      '/tmp:size=1m,noexec',
    ]
    await docker`network create ${name}-net`
    await docker`volume create ${name}-vol`
    const shared = ['--network', `${name}-net`, '--volume', `${name}-vol:/kept`, '--volume', '/anonymous']
    await docker`run --detach --name ${name}-web ${hardened} ${bounded} ${shared} ${busybox} sleep 100`
    const { stdout } = await docker({ stdin: 'typed' })`exec --interactive ${name}-web cat`
    expect(stdout).toBe('typed')
    await docker`exec ${name}-web sh -c ${'echo kept >/kept/file'}`
    await docker`cp ${name}-web:/kept/file ${folder}/file`
    await docker`cp ${folder}/file ${name}-web:/kept/again`
    await docker`restart --time 0 ${name}-web`
    await docker`update --memory 32m --memory-swap 32m ${name}-web`
    const from = ['--volumes-from', `${name}-web:ro`]
    expect((await docker`run --rm --name ${name}-from ${from} ${busybox} cat /kept/again`).stdout).toBe(
      'kept\n',
    )
    await docker`network connect bridge ${name}-web`
    await docker`exec ${name}-web true`
    await docker`stop --time 0 ${name}-web`
    await docker`network disconnect --force ${name}-net ${name}-web`
    await docker`network rm ${name}-net`
    await docker`cp ${name}-web:/etc/group ${folder}/group`
    await docker`rm --force --volumes ${name}-web`
  })

  it.skipIf(!way.client.abilities.includes('terminals'))('a terminal does too', async () => {
    await using on = await stage(way, filter.unprivileged())
    const command = on.docker({ terminal: { rows: 24, columns: 80 }, stdin: 'open', exits: 3 })
    const running = command`run --rm --interactive --tty --name ${on.name}-tty ${busybox} sh`
    await running.shows(/[#$] /)
    running.write('stty size; exit 3\n')
    expect((await running).stdout).toContain('24 80')
  })

  it.skipIf(!way.client.abilities.includes('compose'))(
    'compose does too, and is told what is not allowed',
    async () => {
      await using on = await stage(way, filter.unprivileged())
      const { docker, name, folder } = on
      const file = join(folder, 'compose.yaml')
      const service = {
        image: 'busybox:latest',
        pull_policy: 'never',
        command: 'sleep 100',
        stop_grace_period: '0s',
      }
      const services = {
        front: { ...service, depends_on: ['back'], volumes: ['kept:/kept', { type: 'tmpfs', target: '/t' }] },
        back: { ...service, healthcheck: { test: 'true' } },
        host: { ...service, network_mode: 'host', profiles: ['bad'] },
      }
      await writeFile(file, JSON.stringify({ services, volumes: { kept: {} } }))
      const compose = [
        'compose',
        '--ansi',
        'never',
        '--progress',
        'plain',
        '--project-name',
        name,
        '--file',
        file,
      ]
      await docker`${compose} up --detach`
      expect((await docker`${compose} exec -T front hostname`).code).toBe(0)
      await docker`${compose} restart --timeout 0 back`
      expect(await refusalOf(docker(any)`${compose} up --detach host`)).toBe(
        'the network namespace of the host is not allowed here: leave it out',
      )
      await docker`${compose} down --volumes --timeout 0`
    },
  )

  it('what is not is refused, in a sentence', async () => {
    await using on = await stage(way, filter.unprivileged())
    const { docker, name } = on
    const refused: Record<string, string> = {
      '--privileged': 'privileged mode is not allowed here',
      '--volume /etc:/x': 'the host path /etc is not allowed here: use a volume',
      '--mount type=bind,source=/etc,target=/x,readonly':
        'the host path /etc is not allowed here: use a volume',
      '--mount type=volume,target=/x,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/etc':
        'the host path /etc is not allowed here: use a volume',
      '--volume-driver nfs --volume v:/x': 'the volume driver nfs is not allowed here: use the default one',
      '--network host': 'the network namespace of the host is not allowed here: leave it out',
      '--pid host': 'the pid namespace of the host is not allowed here: leave it out',
      '--cap-add SYS_ADMIN': 'the capability SYS_ADMIN is not allowed here: leave out --cap-add',
      '--device /dev/null': 'the device /dev/null is not allowed here: leave out --device and --gpus',
      '--gpus all': 'the device gpu is not allowed here: leave out --device and --gpus',
      '--security-opt seccomp=unconfined':
        'the security option seccomp=unconfined is not allowed here: leave out --security-opt',
      '--security-opt systempaths=unconfined':
        'the security option systempaths=unconfined is not allowed here: leave out --security-opt',
      '--sysctl net.core.somaxconn=9':
        'the sysctl net.core.somaxconn is not allowed here: leave out --sysctl',
      '--runtime other': 'the runtime other is not allowed here: leave it out',
      '--log-driver syslog': 'the log driver syslog is not allowed here: use the default one',
      '--cgroup-parent /x': 'the cgroup parent /x is not allowed here: leave it out',
      '--oom-score-adj -5': 'a negative OomScoreAdj is not allowed here: leave it out',
    }
    const told = Object.keys(refused).map(async (flags) => [
      flags,
      await refusalOf(docker(any)`create --name ${name}-no ${flags.split(' ')} ${busybox} true`),
    ])
    expect(Object.fromEntries(await Promise.all(told))).toEqual(refused)
    const options = ['--opt', 'type=none', '--opt', 'o=bind', '--opt', 'device=/']
    expect(await refusalOf(docker(any)`volume create ${options} ${name}-no`)).toBe(
      'the host path / is not allowed here: use a volume',
    )
    expect(await refusalOf(docker(any)`network create --driver macvlan ${name}-no`)).toBe(
      'the network driver macvlan is not allowed here: use the default one',
    )
    expect(await refusalOf(docker(any)`swarm init`)).toBe('to manage the swarm is not allowed here')
  })

  it('nor does anyone get into what was made past it', async () => {
    await using on = await stage(way, filter.unprivileged())
    const { docker, direct, name, folder } = on
    const host = ['--cap-add', 'NET_ADMIN', '--volume', `${folder}:/host`]
    await direct`run --detach --name ${name}-host ${host} ${busybox} sleep 100`
    const message = `the host path ${folder} of the container ${name}-host is not allowed here`
    const capability = `the capability NET_ADMIN of the container ${name}-host is not allowed here`
    const told = await Promise.all(
      [
        docker(any)`exec ${name}-host true`,
        docker(any)`cp ${name}-host:/host/x ${folder}/x`,
        docker(any)`cp ${folder} ${name}-host:/host/y`,
        docker(any)`restart --time 0 ${name}-host`,
        docker(any)`start ${name}-host`,
        docker(any)`update --memory 1g ${name}-host`,
      ].map(refusalOf),
    )
    expect(new Set(told)).toEqual(new Set([`${capability}; ${message}`]))
    // The docker CLI does not read what it is told where it wanted a tunnel.
    expect(await refusalOf(docker(any)`attach --no-stdin ${name}-host`)).toContain('received 403')
    expect(await refusalOf(docker(any)`create --volumes-from ${name}-host ${busybox} true`)).toBe(
      `the host path ${folder} is not allowed here: use a volume`,
    )
    const options = ['--opt', 'type=none', '--opt', 'o=bind', '--opt', `device=${folder}`]
    await direct`volume create ${options} ${name}-sly`
    expect(await refusalOf(docker(any)`create --volume ${name}-sly:/x ${busybox} true`)).toBe(
      `the host path ${folder} is not allowed here: use a volume`,
    )
    await direct`run --detach --name ${name}-plain ${busybox} sleep 100`
    expect(await refusalOf(docker(any)`exec --privileged ${name}-plain true`)).toBe(
      'privileged mode of an exec is not allowed here',
    )
  })
})

describe.for(first)('$client.name on $engine.name', (way) => {
  it('the engine’s socket is for whom it is allowed', async () => {
    const socket = ['--volume', '/var/run/docker.sock:/var/run/docker.sock']
    await using without = await stage(way, filter.unprivileged())
    expect(
      await refusalOf(without.docker(any)`create --name ${without.name} ${socket} ${busybox} true`),
    ).toBe('the host path /var/run/docker.sock is not allowed here: use a volume')
    await using on = await stage(way, filter.unprivileged({ hostPaths: ['/var/run/docker.sock'] }))
    await on.docker`create --name ${on.name} ${socket} ${busybox} true`
  })

  it('shares namespaces where it may, with what it may', async () => {
    await using on = await stage(way, filter.unprivileged({ namespaces: ['network:container'] }))
    const { docker, direct, name } = on
    await docker`run --detach --name ${name}-web ${busybox} sleep 100`
    await docker`run --rm --name ${name}-side --network container:${name}-web ${busybox} true`
    await direct`run --detach --name ${name}-host --network host ${busybox} sleep 100`
    expect(await refusalOf(docker(any)`create --network container:${name}-host ${busybox} true`)).toBe(
      `the network namespace of the host of the container ${name}-host is not allowed here`,
    )
  })

  it('builds, in a network of its own', async () => {
    await using on = await stage(way, filter.unprivileged())
    const { docker, name, folder } = on
    await writeFile(
      join(folder, 'Dockerfile'),
      `FROM busybox:latest\nLABEL ${name}=made\nRUN echo built >/made\n`,
    )
    const classic = { env: { DOCKER_BUILDKIT: '0' } }
    await docker(classic)`build --quiet --tag ${name}:made ${folder}`
    expect(await refusalOf(docker({ ...any, ...classic })`build --network host ${folder}`)).toBe(
      'the network namespace of the host is not allowed here: leave it out',
    )
  })

  it('joins networks on an interface of the host where it may', async () => {
    await using on = await stage(way, filter.drivers())
    const { docker, direct, name } = on
    const parent = `im${process.pid}-${name.split('-').at(-1)}`
    await direct`network create --opt ${`com.docker.network.bridge.name=${parent}`} ${name}-parent`
    await direct`run --detach --name ${name}-web --network ${name}-parent ${busybox} sleep 100`
    for (const kind of ['macvlan', 'ipvlan']) {
      const create = ['network', 'create', '--driver', kind, '--opt', `parent=${parent}`]
      await direct`${create} ${name}-${kind}`
      const no = `the network driver ${kind} is not allowed here: use the default one`
      expect(await refusalOf(docker(any)`${create} ${name}-no`)).toBe(no)
      expect(await refusalOf(docker(any)`create --network ${name}-${kind} ${busybox} true`)).toBe(no)
      expect(await refusalOf(docker(any)`network connect ${name}-${kind} ${name}-web`)).toBe(no)
      if (kind === 'ipvlan') continue
      // A kernel without ipvlan makes such a network, but lets nobody in.
      await direct`network connect ${name}-${kind} ${name}-web`
      expect(await refusalOf(docker(any)`exec ${name}-web true`)).toContain(
        `the network driver ${kind} of the container ${name}-web is not allowed here`,
      )
      await using other = await stage(way, filter.drivers([`network:${kind}`]))
      await other.docker`run --rm --name ${other.name} --network ${name}-${kind} ${busybox} true`
      await direct`rm --force ${name}-web`
      await direct`network rm ${name}-${kind}`
      await other.docker`${create} ${other.name}-net`
    }
  })

  it('makes networks of addresses that are nobody else’s', async () => {
    await using on = await stage(way, filter.unprivileged())
    const { docker, name } = on
    expect(await refusalOf(docker(any)`network create --subnet 198.18.77.0/24 ${name}-no`)).toBe(
      'the network driver bridge with the subnet 198.18.77.0/24, which is not private, is not allowed here: use the default one',
    )
    await docker`network create --subnet 10.213.77.0/24 ${name}-yes`
  })

  it('takes images from where it may', async () => {
    await using on = await stage(way, filter.images({ allow: ['busybox'] }))
    const { docker, name } = on
    await docker`run --rm --name ${name} ${busybox} true`
    await docker`tag busybox:latest busybox:${name}`
    await docker`rmi busybox:${name}`
    const list = 'allowed is busybox'
    expect(await refusalOf(docker(any)`tag busybox:latest ${name}:evil`)).toBe(
      `to name an image ${name}:evil is not allowed here: ${list}`,
    )
    expect(await refusalOf(docker(any)`pull evil:1`)).toBe(`the image evil:1 is not allowed here: ${list}`)
    expect(await refusalOf(docker(any)`create --pull never evil:1 true`)).toBe(
      `the image evil:1 is not allowed here: ${list}`,
    )
  })
})
