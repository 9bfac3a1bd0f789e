import { filter } from '@intermediate/filter'
import { describe, expect, it } from 'vitest'
import { container, expectPassed, expectRefused } from './containers.js'

const digest = `sha256:${'0a'.repeat(32)}`
const create = 'POST /containers/create'
const service = (Image: string) => ({ TaskTemplate: { ContainerSpec: { Image } } })
const policy = filter.images({ allow: ['busybox', 'team/*', 'reg.example/**', 'alpine:3'], made: ['ci/*'] })
const list = 'allowed are busybox, team/*, reg.example/**, alpine:3, ci/*'

describe('an image that may be run', () => {
  it.each([
    'busybox',
    'busybox:1.36',
    'docker.io/busybox',
    'index.docker.io/library/busybox:latest',
    `busybox@${digest}`,
    `busybox:1@${digest}`,
    'team/web:1',
    'docker.io/team/web',
    'reg.example/a/b/c:1',
    'alpine:3',
    'ci/web:5',
  ])('%s', async (Image) => {
    await expectPassed(policy, create, { Image })
    await expectPassed(policy, 'POST /services/create', service(Image))
    await expectPassed(policy, create, {
      Image: 'busybox',
      HostConfig: { Mounts: [{ Type: 'image', Source: Image, Target: '/x' }] },
    })
    const there = { '/containers/web/json': { ...container({ Image }), Id: 'web' } }
    await expectPassed(policy, 'POST /containers/web/exec', { Cmd: ['id'] }, there)
  })
})

describe('an image that may not', () => {
  it.each([
    ['evil', list],
    ['evil/busybox', list],
    ['other.example/busybox', list],
    ['localhost/busybox', list],
    ['busybox2', list],
    ['team/a/b', list],
    ['reg.example:5000/a', list],
    ['alpine', list],
    ['alpine:3.1', list],
    [`alpine:3@${digest}`, list],
    [digest, `name it as one that is; ${list}`],
    ['0a0a0a0a', `name it as one that is; ${list}`],
    ['busybox:', `name it as one that is; ${list}`],
    [' busybox', `name it as one that is; ${list}`],
    ['team/../evil', `name it as one that is; ${list}`],
  ])('%s', async (Image, advice) => {
    const message = `the image ${Image} is not allowed here: ${advice}`
    await expectRefused(policy, create, { Image }, message)
    await expectRefused(policy, 'POST /services/create', service(Image), message)
    await expectRefused(policy, 'POST /services/web/update?version=1', service(Image), message)
    await expectRefused(
      policy,
      create,
      { Image: 'busybox', HostConfig: { Mounts: [{ Type: 'image', Source: Image, Target: '/x' }] } },
      message,
    )
    await expectRefused(
      policy,
      'POST /containers/web/start',
      '',
      `the image ${Image} of the container web is not allowed here`,
      {
        '/containers/web/json': container({ Image }),
      },
    )
  })

  it('none at all', async () => {
    await expectRefused(policy, create, {}, /^a container without an image is not allowed here/)
  })
})

describe('what gives an image a name', () => {
  it.each([
    ['POST /images/create?fromImage=busybox&tag=1'],
    ['POST /images/create?fromImage=busybox'],
    [`POST /images/create?fromImage=busybox&tag=${digest}`],
    ['POST /images/create?fromImage=alpine&tag=3'],
    ['POST /images/create?fromImage=alpine:4&tag=3'],
    ['POST /images/create?fromSrc=-&repo=ci/web&tag=1'],
    ['POST /images/busybox/tag?repo=team/x&tag=1'],
    ['POST /images/ci/web/tag?repo=ci/other'],
    ['POST /images/team/web/push?tag=1'],
    ['POST /build?t=ci/web:1&t=ci/web:latest&cachefrom=%5B%22busybox%22%5D'],
    ['POST /build?outputs=%5B%7B%22Type%22:%22local%22,%22Attrs%22:%7B%22dest%22:%22x%22%7D%7D%5D'],
    ['POST /commit?container=web&repo=ci/web&tag=2'],
  ])('%s passes', async (line) => {
    await expectPassed(policy, line)
  })

  it.each([
    ['POST /images/create?fromImage=evil&tag=1', `the image evil:1 is not allowed here: ${list}`],
    ['POST /images/create?fromImage=alpine', `the image alpine is not allowed here: ${list}`],
    ['POST /images/create?fromImage=alpine:3&tag=4', `the image alpine:4 is not allowed here: ${list}`],
    ['POST /images/create?fromImage=ci/web&tag=1', `the image ci/web:1 is not allowed here: ${list}`],
    [
      'POST /images/create?fromSrc=-&repo=busybox',
      'to name an image busybox is not allowed here: names for that are ci/*',
    ],
    ['POST /images/evil/tag?repo=busybox', `the image evil is not allowed here: ${list}`],
    [
      `POST /images/${digest}/tag?repo=busybox`,
      `the image ${digest} is not allowed here: name it as one that is; ${list}`,
    ],
    ['POST /images/busybox/tag?repo=other', `to name an image other is not allowed here: ${list}`],
    [
      'POST /images/ci/web/tag?repo=busybox',
      'to name an image busybox is not allowed here: ci/web may have names of ci/*',
    ],
    ['POST /images/evil/push', `the image evil is not allowed here: ${list}`],
    ['POST /build?t=busybox', 'to name an image busybox is not allowed here: names for that are ci/*'],
    [
      'POST /build?t=ci/web&t=busybox',
      'to name an image busybox is not allowed here: names for that are ci/*',
    ],
    ['POST /build?cachefrom=%5B%22evil%22%5D', `the image evil is not allowed here: ${list}`],
    // Of keys in another case, and of one key twice, Go merges what they hold.
    [
      'POST /build?outputs=%5B%7B%22Type%22%3A%22local%22%2C%22type%22%3A%22moby%22%2C%22Attrs%22%3A%7B%22name%22%3A%22busybox%22%7D%7D%5D',
      /outputs/,
    ],
    [
      'POST /build?outputs=%5B%7B%22Type%22%3A%22moby%22%2C%22Attrs%22%3A%7B%22name%22%3A%22busybox%22%7D%2C%22Attrs%22%3A%7B%22name%22%3A%22ci%2Fweb%22%7D%7D%5D',
      /outputs/,
    ],
    [
      'POST /build?outputs=%5B%7B%22Type%22%3A%22moby%22%2C%22Attrs%22%3A%7B%22name%22%3A%22ci%2Fweb%22%7D%2C%22attrs%22%3A%7B%22name%22%3A%22busybox%22%7D%7D%5D',
      /outputs/,
    ],
    [
      'POST /build?outputs=%5B%7B%22Type%22:%22moby%22,%22Attrs%22:%7B%22name%22:%22busybox%22%7D%7D%5D',
      'to name an image busybox is not allowed here: names for that are ci/*',
    ],
    [
      'POST /commit?container=web&repo=busybox',
      'to name an image busybox is not allowed here: names for that are ci/*',
    ],
    ['POST /images/load', 'to load images, whose names nobody here can see, is not allowed here: pull them'],
    ['POST /plugins/pull?remote=evil', `the plugin evil is not allowed here: ${list}`],
  ])('%s is refused', async (line, message) => {
    await expectRefused(policy, line, '', message)
  })

  it('is refused where none is made', async () => {
    const only = filter.images({ allow: ['busybox'] })
    await expectRefused(
      only,
      'POST /build',
      '',
      'a build, whose images nobody here can see, is not allowed here: pull one that is',
    )
    await expectRefused(
      only,
      'POST /commit?container=web',
      '',
      'to make an image of a container is not allowed here: pull one that is',
    )
    await expectRefused(
      only,
      'POST /images/create?fromSrc=-',
      '',
      'to make an image of an archive is not allowed here: pull one that is',
    )
  })

  it('may be loaded where that is said', async () => {
    await expectPassed(filter.images({ allow: [], load: true }), 'POST /images/load')
  })
})

describe('with digests', () => {
  const pinned = filter.images({ allow: ['busybox'], digests: true })

  it('an image is run and pulled by its digest', async () => {
    await expectPassed(pinned, create, { Image: `busybox@${digest}` })
    await expectPassed(pinned, `POST /images/create?fromImage=busybox@${digest}`)
    const message = 'the image busybox:latest is not allowed here: name it with its digest'
    await expectRefused(pinned, create, { Image: 'busybox:latest' }, message)
    await expectRefused(pinned, 'POST /images/create?fromImage=busybox&tag=latest', '', message)
  })
})

it('an empty list allows none', async () => {
  const none = filter.images({ allow: [] })
  await expectRefused(
    none,
    create,
    { Image: 'busybox' },
    'the image busybox is not allowed here: none is allowed',
  )
})

it('patterns hold what they say', async () => {
  const all = filter.images({ allow: ['**'] })
  await expectPassed(all, create, { Image: 'any.example/a/b:1' })
  const one = filter.images({ allow: ['*'] })
  await expectPassed(one, create, { Image: 'busybox' })
  await expectRefused(one, create, { Image: 'a/b' }, 'the image a/b is not allowed here: allowed is *')
  const regExp = filter.images({ allow: ['reg.example/a'] })
  await expectRefused(regExp, create, { Image: 'regxexample.b/a' }, /allowed is reg\.example\/a$/)
  expect(() => filter.images({ allow: ['https://reg.example/a?b'] })).toThrow(/^images\(\) was given "https/)
})

it('unprivileged takes it as an option', async () => {
  const both = filter.unprivileged({ images: { allow: ['busybox'] } })
  await expectPassed(both, create, { Image: 'busybox' })
  await expectRefused(
    both,
    create,
    { Image: 'evil', HostConfig: { Privileged: true } },
    /^privileged mode is not allowed here; the image evil /,
  )
})
