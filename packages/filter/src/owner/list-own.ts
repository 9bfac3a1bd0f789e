import type { api } from '@intermediate/core'
import { ownFilters } from './filters.js'
import { bears } from './labels.js'
import type { Visit } from './visit.js'

/**
 * The owner's containers, also those that do not run. Here and below the engine is asked for what bears the label, and
 * what it names without one is left out.
 */
export async function listOwnContainers(visit: Visit): Promise<api.ContainerSummary[]> {
  const query = { all: '1', filters: ownFilters(visit.owner) }
  const listed = (await visit.ask('GET /containers/json', { query })) ?? []
  return listed.filter(({ Labels }) => bears(Labels, visit.owner))
}

export async function listOwnNetworks(visit: Visit): Promise<api.Network[]> {
  const query = { filters: ownFilters(visit.owner) }
  const listed = (await visit.ask('GET /networks', { query })) ?? []
  return listed.filter(({ Labels }) => bears(Labels, visit.owner))
}

export async function listOwnVolumes(visit: Visit): Promise<api.Volume[]> {
  const query = { filters: ownFilters(visit.owner) }
  const listed = (await visit.ask('GET /volumes', { query }))?.Volumes ?? []
  return listed.filter(({ Labels }) => bears(Labels, visit.owner))
}

/** What the owner has in a swarm, by the endpoint that lists it. */
export async function listOwnOf(
  visit: Visit,
  endpoint: 'GET /services' | 'GET /secrets' | 'GET /configs',
): Promise<(api.Service | api.Secret | api.Config)[]> {
  const query = { filters: ownFilters(visit.owner) }
  const listed = (await visit.ask(endpoint, { query })) ?? []
  return listed.filter(({ Spec }) => bears(Spec?.Labels, visit.owner))
}
