import { expect, test } from 'vitest'
import { endpoints, unknownEndpoint } from '../endpoints/endpoints.js'
import { itemPlace } from './item-places.js'

const placed = (kind: string) => endpoints.filter((endpoint) => itemPlace(endpoint)?.kind === kind)

test('every reply that the description calls a list is one, and two that it does not describe', () => {
  const described = endpoints.filter(({ reply }) => reply?.startsWith('array of '))
  expect(
    placed('list')
      .filter((endpoint) => !described.includes(endpoint))
      .map(({ key }) => key),
  ).toEqual(['GET /containers/:id/checkpoints', 'GET /networks/'])
  expect(placed('list')).toEqual(expect.arrayContaining(described))
  expect(described.map(({ key }) => key)).toEqual([
    'GET /configs',
    'GET /containers/json',
    'GET /containers/:id/changes',
    'GET /images/json',
    'GET /images/search',
    'DELETE /images/:name',
    'GET /images/:name/attestations',
    'GET /images/:name/history',
    'GET /networks',
    'GET /nodes',
    'GET /plugins',
    'GET /plugins/privileges',
    'GET /secrets',
    'GET /services',
    'GET /tasks',
  ])
})

test('lists in a field', () => {
  const places = placed('field').map((endpoint) => [endpoint.key, itemPlace(endpoint)])
  expect(places).toEqual(
    [
      ['POST /build/prune', 'CachesDeleted'],
      ['POST /containers/prune', 'ContainersDeleted'],
      ['GET /containers/:id/top', 'Processes'],
      ['POST /images/prune', 'ImagesDeleted'],
      ['POST /networks/prune', 'NetworksDeleted'],
      ['GET /volumes', 'Volumes'],
      ['POST /volumes/prune', 'VolumesDeleted'],
    ].map(([key, name]) => [key, { kind: 'field', name }]),
  )
})

test('streams of values', () => {
  expect(placed('stream').map(({ key }) => key)).toEqual([
    'POST /build',
    'GET /containers/:id/stats',
    'POST /containers/:id/wait',
    'GET /events',
    'POST /images/create',
    'POST /images/load',
    'POST /images/:name/push',
    'POST /plugins/pull',
    'POST /plugins/:name/push',
    'POST /plugins/:name/upgrade',
  ])
})

test('a description of one thing has no items, nor has what is no JSON or not known', () => {
  const others = ['/info', '/system/df', '/containers/:id/json', '/distribution/:name/json', '/images/get']
  for (const path of others) {
    const endpoint = endpoints.find(({ key }) => key === `GET ${path}`)
    expect(itemPlace(endpoint ?? unknownEndpoint)).toBeUndefined()
    expect(endpoint).toBeDefined()
  }
  expect(itemPlace(unknownEndpoint)).toBeUndefined()
})
