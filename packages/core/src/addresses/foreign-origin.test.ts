import { describe, expect, test } from 'vitest'
import { foreignOrigin } from './foreign-origin.js'

const hosts = new Set(['docker.example.com', '*.wild.example.com'])
const host = (value: string | undefined) =>
  foreignOrigin({ host: value, origin: false, fetchSite: undefined }, hosts)

describe('the Host of a call over TCP', () => {
  test.each([
    undefined,
    '',
    '127.0.0.1',
    '127.0.0.1:2375',
    '127.0.0.1:',
    '192.0.2.7:2375',
    '[::1]',
    '[::1]:2375',
    '[::ffff:127.0.0.1]:2375',
    'localhost',
    'localhost:2375',
    'LOCALHOST',
    'localhost.',
    'api.moby.localhost',
    'Api.Moby.Localhost:2375',
    'proxy',
    'my_service:2375',
    'docker.example.com',
    'Docker.Example.COM:2376',
    'docker.example.com.',
    'a.wild.example.com',
  ])('%j is ours', (value) => {
    expect(host(value)).toBeUndefined()
  })

  test.each([
    'evil.com',
    '127.0.0.1.evil.com',
    'localhost.evil.com',
    'api.moby.localhost.evil.com',
    'evil.com.',
    'evil.',
    '127.0.0.1.',
    '127.1',
    '0x7f.1',
    '0177.0.0.1',
    '256.0.0.1',
    'notlocalhost.com',
    'sub.docker.example.com',
    'docker.example.com.evil.com',
    'a.b.wild.example.com',
    'wild.example.com',
    '*.wild.example.com',
    'host.docker.internal',
  ])('%j is a name that could be anybody’s', (value) => {
    expect(host(value)).toMatch(/is not a (name of this intermediate: add it|host name)/)
  })

  test.each([
    ' ',
    '@',
    'a@b',
    'localhost@evil.com',
    'evil.com@localhost',
    'localhost%2eevil.com',
    'localhost/evil',
    'localhost\\evil',
    'localhost#',
    'localhost:2375:1',
    'localhost:x',
    'localhost:-1',
    'localhost:123456',
    'localhost ',
    'localhost, evil.com',
    '.localhost',
    '.',
    '..',
    'a..localhost',
    'localhost..',
    '::1',
    '[::1',
    '[]',
    '[localhost]',
    '[127.0.0.1]',
    '[::1].evil.com',
    '[::1]evil',
    'x[::1]',
    ':2375',
    'lоcalhost',
    'localhost\0',
  ])('%j is none at all', (value) => {
    expect(host(value)).toMatch(/is not a host name or an address: use the address that is listened on\.$/)
  })

  test('a refused name is told how it is allowed', () => {
    expect(host('evil.com:2375')).toBe(
      'The Host "evil.com" is not a name of this intermediate: add it to its hosts, or use its IP address.',
    )
  })
})

describe('a call that a browser makes', () => {
  const call = (fields: { origin?: boolean; fetchSite?: string }) =>
    foreignOrigin({ host: 'localhost:2375', origin: false, fetchSite: undefined, ...fields }, hosts)

  test('is refused with an Origin, whichever', () => {
    expect(call({ origin: true })).toBe(
      'This call has an Origin, as a web page sends it: use a docker client, or listen on a unix socket.',
    )
    expect(call({ origin: true, fetchSite: 'same-origin' })).toBeDefined()
  })

  test('is refused where a page of another site makes it', () => {
    expect(call({ fetchSite: 'cross-site' })).toBe(
      'This call was made by a web page of another site: use a docker client, or listen on a unix socket.',
    )
    expect(call({ fetchSite: ' Cross-Site' })).toBeDefined()
    expect(call({ fetchSite: 'same-origin, cross-site' })).toBeDefined()
  })

  test('passes where a person typed the address, or followed a link within the site', () => {
    expect(call({ fetchSite: 'none' })).toBeUndefined()
    expect(call({ fetchSite: 'same-origin' })).toBeUndefined()
    expect(call({ fetchSite: 'same-site' })).toBeUndefined()
  })
})
