import { enricher } from '@intermediate/enricher'
import { describe, expect, it } from 'vitest'
import { behind } from './behind.js'

const team = { team: 'core' }

describe('labels', () => {
  it.each([
    'POST /containers/create',
    'POST /volumes/create',
    'POST /networks/create',
    'POST /services/create',
    'POST /services/web/update',
    'POST /secrets/create',
    'POST /secrets/key/update',
    'POST /configs/create',
    'POST /configs/conf/update',
  ])('%s: with or without labels of the client', async (line) => {
    await using to = await behind([enricher.labels(team)])
    for (const Labels of [undefined, null, {}, { team: 'other' }])
      expect((await to.send(line, { Name: 'x', Labels })).body).toEqual({ Name: 'x', Labels: team })
    const { body } = await to.send(line, { labels: { ticket: '1' } })
    expect(body).toEqual({ Labels: { ticket: '1', ...team } })
  })

  it('a service has them on its containers, and both have them on volumes of mounts', async () => {
    await using to = await behind([enricher.labels(team)])
    const mounts = () => [
      { Type: 'volume', Source: 'data', Target: '/data' },
      { Type: 'bind', Source: '/tmp', Target: '/tmp' },
    ]
    const labelled = [
      { Type: 'volume', Source: 'data', Target: '/data', VolumeOptions: { Labels: team } },
      { Type: 'bind', Source: '/tmp', Target: '/tmp' },
    ]
    const service = { TaskTemplate: { ContainerSpec: { Image: 'busybox', Mounts: mounts() } } }
    expect((await to.send('POST /services/create', service)).body).toEqual({
      Labels: team,
      TaskTemplate: { ContainerSpec: { Image: 'busybox', Labels: team, Mounts: labelled } },
    })
    expect((await to.send('POST /containers/create', { HostConfig: { Mounts: mounts() } })).body).toEqual({
      Labels: team,
      HostConfig: { Mounts: labelled },
    })
  })

  it('a service that is not one of containers gets no container', async () => {
    await using to = await behind([enricher.labels(team)])
    const TaskTemplate = { Runtime: 'attachment', ContainerSpec: null }
    expect((await to.send('POST /services/create', { TaskTemplate })).body).toEqual({
      TaskTemplate,
      Labels: team,
    })
  })

  it.each([
    ['none', '', team],
    ['an empty value', 'labels=', team],
    ['null', 'labels=null', team],
    ['those of the client', `labels=${encodeURIComponent('{"a":"1","team":"other"}')}`, { a: '1', ...team }],
  ])('a build with %s', async (_, query, labels) => {
    await using to = await behind([enricher.labels(team)])
    const sent = await to.send(`POST /build?t=a&t=b&${query}`)
    expect(sent.query.getAll('t')).toEqual(['a', 'b'])
    expect(JSON.parse(sent.query.get('labels') ?? '')).toEqual(labels)
  })

  it.each(['labels={', 'labels=[]', 'labels=1'])(
    'a build with %s is left for the engine to refuse',
    async (query) => {
      await using to = await behind([enricher.labels(team)])
      const { request } = await to.send(`POST /build?${query}`)
      expect(request.target).toBe(`/build?${query}`)
    },
  )

  it('an image by commit or import has them by the last of its changes', async () => {
    await using to = await behind([enricher.labels({ team: 'core', 'say "$1"': 'a\\b' })])
    const instruction = String.raw`LABEL "team"="core" "say \"\$1\""="a\\b"`
    const line = 'POST /commit?container=web&changes=CMD%20a&changes=LABEL%20team=other'
    const { query, body } = await to.send(line, 'null')
    expect(query.getAll('changes')).toEqual([`CMD a\nLABEL team=other\n${instruction}`])
    expect(body ?? {}).toEqual({})
    const imported = await to.send('POST /images/create?fromSrc=-&repo=r')
    expect(imported.query.getAll('changes')).toEqual([instruction])
  })

  it('changes that end in the middle of a line end there, whatever their escape character', async () => {
    await using to = await behind([enricher.labels({ path: 'a`b\\' })])
    const changes = async (text: string) =>
      (await to.send(`POST /commit?container=web&changes=${encodeURIComponent(text)}`)).query.get('changes')
    expect(await changes('CMD a \\\n\n# comment')).toBe('CMD a \n\n# comment\nLABEL "path"="a`b\\\\"')
    expect(await changes('# escape=`\nCMD a `')).toBe('# escape=`\nCMD a \nLABEL "path"="a``b\\"')
  })

  it('a pull is not changed', async () => {
    await using to = await behind([enricher.labels(team)])
    const { request } = await to.send('POST /images/create?fromImage=busybox&tag=latest')
    expect(request.target).toBe('/images/create?fromImage=busybox&tag=latest')
    const both = '/images/create?fromImage=busybox&fromSrc=-'
    expect((await to.send(`POST ${both}`)).request.target).toBe(both)
  })

  it('with keep, what the client says stays', async () => {
    const inspected = { Config: { Labels: { of: 'the container' } } }
    await using to = await behind(
      [enricher.labels({ team: 'core', of: 'mine', other: 'x' }, { keep: true })],
      (line) => (line.startsWith('GET') ? inspected : {}),
    )
    const Labels = { team: 'theirs', of: '' }
    expect((await to.send('POST /volumes/create', { Labels })).body).toEqual({
      Labels: { ...Labels, other: 'x' },
    })
    const build = await to.send(`POST /build?labels=${encodeURIComponent(JSON.stringify(Labels))}`)
    expect(JSON.parse(build.query.get('labels')!)).toEqual({ ...Labels, other: 'x' })
    const directive = encodeURIComponent('# escape=`\nLABEL team=theirs')
    const commit = await to.send(`POST /commit?container=/web&changes=${directive}`, {
      Labels: { other: 'y' },
    })
    expect(commit.query.get('changes')).toBe('# escape=`\nLABEL "team"="core"\nLABEL team=theirs')
    expect(to.lines()).toContain('GET /containers/web/json')
  })

  it.each([
    [{}, 'enricher.labels() was given nothing to set.'],
    [{ a: 1 }, 'enricher.labels() was given 1 for a: give each value as text.'],
    [{ 'a=b': '' }, 'The label "a=b" cannot be set: leave out "=" and line breaks.'],
    [{ a: 'x\ny' }, 'The label "a" cannot be set: leave out "=" and line breaks.'],
  ])('%j is an error at start', (set, message) => {
    expect(() => enricher.labels(set as Record<string, string>)).toThrow(message)
  })

  it('so is an option that does not exist', () => {
    expect(() => enricher.labels(team, { kept: true } as object)).toThrow(
      'enricher.labels() was given the option kept, which does not exist: there is keep.',
    )
    expect(() => enricher.labels(team, { keep: 'yes' } as object)).toThrow(
      'enricher.labels() was given the keep "yes": say true or false.',
    )
  })
})
