import { describe, expect, it } from 'vitest'
import { example } from './tried.js'

describe('a setting that cannot be used is an error that says what to give', () => {
  it.each([
    ['limits', { MEMORY: 'lots' }, '"lots" is no limit of memory: give bytes, or text such as "512m"'],
    ['network', { NETWORK: '' }, 'enricher.network() was given "": give it the name of a network.'],
    ['registry-mirror', { MIRROR: 'https://mirror.local' }, '"https://mirror.local" is no place of a mirror'],
    ['metrics', { METRICS: '9323' }, 'prometheus() was given 9323 to listen on: give tcp://127.0.0.1:9323'],
    ['audit-log', { AUDIT_LOG: '/nowhere/log' }, 'jsonLines() cannot write to /nowhere/log (ENOENT)'],
    ['two-engines', { ENGINE_A: 'here' }, '"here" is not an address: write unix:///path/to.sock'],
    ['sandbox', { WORKSPACE: '/nowhere' }, 'WORKSPACE cannot be /nowhere: give it the folder in which'],
    ['sandbox', { WORKSPACE: '/' }, 'WORKSPACE cannot be /: give it the folder in which the agent works'],
    ['sandbox', { AGENT: 'a b/*' }, 'images() was given "a b/*/*", which it does not know: write it as'],
    ['sandbox', { IMAGES: '' }, 'images() was given "", which it does not know: write it as'],
  ])('%s with %j', async (name, env, sentence) => {
    await expect(example(name, env)).rejects.toThrow(sentence)
  })
})
