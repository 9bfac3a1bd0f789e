import { enricher } from '@intermediate/enricher'
import { describe, expect, it } from 'vitest'
import { behind } from './behind.js'

const apps = enricher.network('apps')

describe('network', () => {
  it.each([
    [{}, { HostConfig: { NetworkMode: 'apps' } }],
    [{ HostConfig: null }, { HostConfig: { NetworkMode: 'apps' } }],
    [{ HostConfig: { NetworkMode: null } }, { HostConfig: { NetworkMode: 'apps' } }],
    [{ HostConfig: { NetworkMode: '' } }, { HostConfig: { NetworkMode: 'apps' } }],
    [
      { HostConfig: { NetworkMode: 'default' }, NetworkingConfig: { EndpointsConfig: {} } },
      { HostConfig: { NetworkMode: 'apps' }, NetworkingConfig: { EndpointsConfig: {} } },
    ],
    [
      {
        HostConfig: { NetworkMode: 'default' },
        NetworkingConfig: { EndpointsConfig: { default: { Aliases: ['a'] } } },
      },
      {
        HostConfig: { NetworkMode: 'apps' },
        NetworkingConfig: { EndpointsConfig: { apps: { Aliases: ['a'] } } },
      },
    ],
    [
      { HostConfig: { Links: ['db:db'] } },
      {
        HostConfig: { Links: ['db:db'], NetworkMode: 'apps' },
        NetworkingConfig: { EndpointsConfig: { apps: { Links: ['db:db'] } } },
      },
    ],
    [
      {
        HostConfig: { NetworkMode: 'default', Links: ['db:db'] },
        NetworkingConfig: { EndpointsConfig: { default: { Links: ['cache:c'] } } },
      },
      {
        HostConfig: { NetworkMode: 'apps', Links: ['db:db'] },
        NetworkingConfig: { EndpointsConfig: { apps: { Links: ['cache:c'] } } },
      },
    ],
  ])('%j becomes %j', async (asked, given) => {
    await using to = await behind([apps])
    expect((await to.send('POST /containers/create', asked)).body).toEqual(given)
  })

  it.each([
    { HostConfig: { NetworkMode: 'host' } },
    { HostConfig: { NetworkMode: 'none' } },
    { HostConfig: { NetworkMode: 'bridge' } },
    { HostConfig: { NetworkMode: 'container:web' } },
    { HostConfig: { NetworkMode: 5 } },
    { NetworkingConfig: { EndpointsConfig: { other: null } } },
    { NetworkingConfig: [], HostConfig: { NetworkMode: 'x' } },
    { NetworkingConfig: { EndpointsConfig: 'x' } },
    { NetworkDisabled: true },
  ])('%j stays', async (asked) => {
    await using to = await behind([apps])
    expect((await to.send('POST /containers/create', asked)).body).toEqual(asked)
  })

  it.each([
    ['', 'apps'],
    ['networkmode=', 'apps'],
    ['networkmode=default', 'apps'],
    ['networkmode=host', 'host'],
    ['version=1', 'apps'],
    ['version=2', null],
  ])('a build with %s gets the network %s', async (query, given) => {
    await using to = await behind([apps])
    expect((await to.send(`POST /build?${query}`)).query.get('networkmode')).toBe(given)
  })

  it('services come onto it where it is the swarm’s', async () => {
    const service = { TaskTemplate: { ContainerSpec: { Image: 'busybox' } } }
    const attached = { TaskTemplate: { ...service.TaskTemplate, Networks: [{ Target: 'apps' }] } }
    const other = { TaskTemplate: { ...service.TaskTemplate, Networks: [{ Target: 'other' }] } }
    for (const line of ['POST /services/create', 'POST /services/web/update']) {
      await using swarm = await behind([apps], () => ({ Scope: 'swarm' }))
      expect((await swarm.send(line, service)).body).toEqual(attached)
      expect((await swarm.send(line, other)).body).toEqual(other)
      expect((await swarm.send(line, { ...service, Networks: [{ Target: 'o' }] })).body).toEqual({
        ...service,
        Networks: [{ Target: 'o' }],
      })
      await using local = await behind([apps], () => ({ Scope: 'local' }))
      expect((await local.send(line, service)).body).toEqual(service)
      await using absent = await behind([apps], () => undefined)
      expect((await absent.send(line, service)).body).toEqual(service)
    }
  })

  it.each(['', 'default', 'a/b', '../x'])('%j is no name', (name) => {
    expect(() => enricher.network(name)).toThrow(
      `enricher.network() was given ${JSON.stringify(name)}: give it the name of a network.`,
    )
  })
})
