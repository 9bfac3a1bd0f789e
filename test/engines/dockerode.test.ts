import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import type { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import Dockerode from 'dockerode'
import { expect } from 'vitest'
import { forEachEngine } from './compare.js'
import type { Play } from './play.js'
import { ids, times } from './differences.js'
import { httpOptions } from './http-options.js'
import { openWebSocket } from './web-socket.js'

const client = ({ address }: Play): Dockerode => new Dockerode({ ...httpOptions(address), protocol: 'http' })

const containerOf = (
  play: Play,
  command: string,
  more: Dockerode.ContainerCreateOptions = {},
): Promise<Dockerode.Container> =>
  client(play).createContainer({
    name: play.name,
    Image: 'busybox:latest',
    Cmd: ['sh', '-c', command],
    ...more,
  })

/** Takes stdin, which ends with the first who closes it. */
const interactive = { OpenStdin: true, StdinOnce: true, AttachStdin: true }

const everything = { stream: true, stdin: true, stdout: true, stderr: true }

/** stdout and stderr of a multiplexed stream, once it ended. */
async function parted(
  docker: Dockerode,
  stream: NodeJS.ReadableStream,
): Promise<{ stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  docker.modem.demuxStream(stream, stdout, stderr)
  stream.once('end', () => [stdout, stderr].forEach((part) => part.end()))
  const [out, err] = await Promise.all([text(stdout), text(stderr)])
  return { stdout: out, stderr: err }
}

/** The first lines of a stream, which then is dropped. */
async function firstLines(stream: NodeJS.ReadableStream, count: number): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of createInterface({ input: stream })) {
    if (lines.push(line) === count) break
  }
  ;(stream as Readable).destroy()
  return lines
}

forEachEngine((same) => {
  same('attach, hijacked', async (play) => {
    const container = await containerOf(play, 'cat; sleep .3; echo after; echo err >&2; exit 3', interactive)
    const stream = await container.attach({ ...everything, hijack: true })
    const output = parted(client(play), stream)
    await container.start()
    stream.end('typed\n')
    expect(await output).toEqual({ stdout: 'typed\nafter\n', stderr: 'err\n' })
    play.note('ended', await container.wait())
  })

  same('attach, hijacked, with a request without a body', async (play) => {
    const container = await containerOf(play, 'echo out; echo err >&2', interactive)
    const stream = await container.attach({
      hijack: true,
      _query: everything,
      _body: {},
    } as Dockerode.ContainerAttachOptions)
    const output = parted(client(play), stream)
    await container.start()
    play.note('output', await output)
  })

  same('attach, not hijacked, with stdin', async (play) => {
    const container = await containerOf(play, 'read word; echo got $word; echo err >&2; exit 4', interactive)
    const stream = await container.attach(everything)
    const output = parted(client(play), stream)
    await container.start()
    stream.write('typed\n')
    expect(await output).toEqual({ stdout: 'got typed\n', stderr: 'err\n' })
    play.note('ended', await container.wait())
  })

  same('attach, not hijacked, output only', async (play) => {
    const container = await containerOf(play, 'for i in $(seq 1000); do echo $i; done')
    const stream = await container.attach({ stream: true, stdout: true, stderr: true })
    const output = parted(client(play), stream)
    await container.start()
    play.note('output', await output)
  })

  same('attach to a terminal, and its size', async (play) => {
    const container = await containerOf(
      play,
      'stty -echo; echo ready; read word; stty size; echo got $word',
      { ...interactive, Tty: true },
    )
    const stream = await container.attach({ ...everything, hijack: true })
    await container.start()
    const ready = once(stream, 'data')
    const output = text(stream)
    await ready
    await container.resize({ h: 31, w: 97 })
    stream.write('hello\r')
    expect(await output).toBe('ready\r\n31 97\r\ngot hello\r\n')
  })

  for (const hijack of [true, false]) {
    same(`exec, ${hijack ? '' : 'not '}hijacked`, {
      once: async (play) => (await containerOf(play, 'sleep 100')).start(),
      each: async (play) => {
        const docker = client(play)
        const exec = await docker.getContainer(play.shared.name).exec({
          Cmd: ['sh', '-c', 'read word; echo got $word; sleep .3; echo after; echo err >&2; exit 5'],
          AttachStdin: true,
          AttachStdout: true,
          AttachStderr: true,
        })
        const stream = await exec.start({ hijack, stdin: true })
        const output = parted(docker, stream)
        stream.write('typed\n')
        expect(await output).toEqual({ stdout: 'got typed\nafter\n', stderr: 'err\n' })
        play.note('exit code', (await exec.inspect()).ExitCode)
      },
    })
  }

  same('exec, hijacked, takes a megabyte and its end', {
    once: async (play) => (await containerOf(play, 'sleep 100')).start(),
    each: async (play) => {
      const docker = client(play)
      const exec = await docker
        .getContainer(play.shared.name)
        .exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true, AttachStderr: true })
      const stream = await exec.start({ hijack: true, stdin: true })
      const output = parted(docker, stream)
      stream.end('x'.repeat(1_000_000))
      expect((await output).stdout.length).toBe(1_000_000)
    },
  })

  same('exec without stdin, and detached', {
    once: async (play) => (await containerOf(play, 'sleep 100')).start(),
    each: async (play) => {
      const docker = client(play)
      const exec = (Cmd: string[]) =>
        docker.getContainer(play.shared.name).exec({ Cmd, AttachStdout: true, AttachStderr: true })
      const stream = await (await exec(['sh', '-c', 'echo out; echo err >&2'])).start({})
      play.note('output', await parted(docker, stream))
      const detached = await (await exec(['true'])).start({ Detach: true })
      play.note('detached', await text(detached))
    },
  })

  same('stats, as a stream and once', {
    once: async (play) => (await containerOf(play, 'sleep 100')).start(),
    each: async (play) => {
      const container = client(play).getContainer(play.shared.name)
      const lines = await firstLines(await container.stats({ stream: true }), 2)
      play.note(
        'names',
        lines.map((line) => (JSON.parse(line) as { name: string }).name),
      )
      play.note('fields', Object.keys(await container.stats({ stream: false })))
    },
  })

  same('events as they happen', {
    each: async (play) => {
      const container = await containerOf(play, 'exit 6')
      const filters = { container: [play.name], event: ['create', 'start', 'die', 'destroy'] }
      const events = await client(play).getEvents({ since: Math.floor(Date.now() / 1000) - 60, filters })
      const four = firstLines(events, 4)
      await container.start()
      await container.wait()
      await container.remove()
      play.note(
        'events',
        (await four).map((line) => (JSON.parse(line) as { Action: string }).Action),
      )
      play.note('gone', await container.inspect().catch(String))
    },
    differs: [ids],
  })

  same('logs, followed', async (play) => {
    const container = await containerOf(
      play,
      'echo one; until [ -e /go ]; do sleep .05; done; echo two; echo err >&2',
    )
    await container.start()
    const stream = await container.logs({ follow: true, stdout: true, stderr: true })
    const output = parted(client(play), stream)
    await once(stream, 'data')
    const exec = await container.exec({ Cmd: ['touch', '/go'] })
    await exec.start({ Detach: true })
    expect(await output).toEqual({ stdout: 'one\ntwo\n', stderr: 'err\n' })
  })

  same('attach through a websocket', {
    each: async (play) => {
      const container = await containerOf(
        play,
        'while read word; do [ $word = quit ] && exit 7; echo got $word; done',
        interactive,
      )
      await using socket = await openWebSocket(
        play.address,
        `/containers/${container.id}/attach/ws?stream=1&stdin=1&stdout=1`,
      )
      play.note('status', socket.status)
      await container.start()
      socket.send('one\n')
      await socket.received('got one')
      socket.send('two\n')
      await socket.received('got two')
      socket.send('quit\n')
      play.note('received', await socket.received())
      play.note('ended', await container.wait())
    },
    differs: [ids],
  })

  same('archives and their headers', {
    once: async (play) => {
      const container = await containerOf(play, 'echo hello >/made')
      await container.start()
      await container.wait()
    },
    each: async (play) => {
      const container = client(play).getContainer(play.shared.name)
      const head = (await container.infoArchive({ path: '/made' })) as { headers?: Record<string, string> }
      play.note('stat', head.headers?.['x-docker-container-path-stat'])
      const archive = await buffer(await container.getArchive({ path: '/bin/busybox' }))
      expect(archive.length).toBeGreaterThan(1_000_000)
      play.note('archive', archive)
      const copy = await containerOf(play, 'sha256sum /tmp/busybox')
      await copy.putArchive(archive, { path: '/tmp' })
      const output = parted(client(play), await copy.attach({ stream: true, stdout: true }))
      await copy.start()
      play.note('copied', await output)
    },
    differs: [ids, times],
  })
})
