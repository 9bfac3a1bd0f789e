import type { Request, Script } from '@intermediate/testing'
import { answer } from '@intermediate/testing'
import { response } from '../docker-calls.js'
import { container, webId } from './containers.js'

// What is there when a policy asks. `mine` is a container as ordinary as one can make it, of the owner `me`; `web` is
// somebody else's and has one of everything that a policy can refuse. `mine/link` is another name for `web`.

export const mineId = 'a11ce'.repeat(12).slice(0, 64)
export const owned = { 'intermediate.owner': 'me' }

const mine = withConfig(container({ Image: 'alpine' }), mineId, 'mine', owned)
const web = withConfig(
  container({
    Image: 'evil:1',
    HostConfig: {
      Privileged: true,
      PidMode: 'host',
      CapAdd: ['SYS_ADMIN'],
      Devices: [{ PathOnHost: '/dev/sda' }],
      Runtime: 'other',
      SecurityOpt: ['seccomp=unconfined'],
      Sysctls: { 'net.core.somaxconn': '9' },
    },
    Mounts: [
      { Type: 'bind', Source: '/etc', RW: true },
      { Type: 'volume', Name: 'foreign' },
    ],
  }),
  webId,
  'web',
  { 'intermediate.owner': 'them' },
)
const shared = { Id: `sha256:${'5a'.repeat(32)}`, RepoTags: ['busybox:latest', 'alpine:latest'], Config: {} }

const apps = {
  Id: 'n1',
  Name: 'apps',
  Driver: 'bridge',
  Labels: owned,
  Options: {},
  ConfigFrom: { Network: '' },
}

const there: Readonly<Record<string, unknown>> = {
  '/info': { DefaultRuntime: 'runc', CgroupVersion: '1' },
  '/containers/json': [],
  '/images/json': [],
  '/version': { ApiVersion: '1.45', MinAPIVersion: '1.24' },
  '/networks': [apps],
  '/networks/apps': apps,
  '/containers/mine/json': mine,
  [`/containers/${mineId}/json`]: mine,
  '/containers/web/json': web,
  '/containers/mine/link/json': web,
  [`/containers/${webId}/json`]: web,
  '/exec/3fa1/json': { ID: '3fa1', ContainerID: webId, ProcessConfig: { privileged: true } },
  '/images/busybox:latest/json': shared,
  '/images/alpine/json': shared,
  '/volumes/kept': { Name: 'kept', Driver: 'local', Labels: owned, Options: null },
  '/volumes/foreign': { Name: 'foreign', Driver: 'nfs', Options: null },
  '/volumes/sly': { Name: 'sly', Driver: 'local', Options: { type: 'none', o: 'bind', device: '/etc' } },
  '/networks/host': { Id: 'h1', Name: 'host', Driver: 'host' },
}

/** Answers what is asked, and does all else that it is told, but nothing with what is not there. */
export const engine: Script = answer(({ method, target, body }: Request) => {
  const path = decodeURIComponent(target.split('?', 1)[0]!).replace(/^\/v[\d.]+/, '')
  const found = method === 'GET' ? there[path] : undefined
  if (found !== undefined) return response('200 OK', JSON.stringify(found))
  const isAbsent =
    /nowhere|nobodys-/.test(target + body.toString()) || (method === 'GET' && isInspect.test(path))
  if (isAbsent) return response('404 Not Found', `{"message":"no such thing: ${encodeURI(path)}"}`)
  if (path === '/volumes/create') return response('201 Created', body.toString('latin1'))
  return method === 'HEAD' ? response('200 OK', '') : response('200 OK', '{}')
})

const isInspect = /^\/(?:containers|exec|images)\/.+\/json$|^\/(?:volumes|networks|services)\/.+$/

function withConfig(found: object, Id: string, name: string, Labels: object): object {
  const { Config } = found as { Config: object }
  return { ...found, Id, Name: `/${name}`, Config: { ...Config, Labels } }
}
