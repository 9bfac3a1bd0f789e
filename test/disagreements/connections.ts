import { request, upgrade } from '../docker-calls.js'
import type { Disagreement } from './disagreement.js'
import { everywhere, json, nowhere, only20 } from './disagreement.js'

const seen = { endpoint: 'DELETE /containers/:id', params: { id: 'GUARDED' }, query: { force: '1' } }
const removal = {
  aim: 'the end of the guarded container',
  line: 'DELETE /containers/GUARDED?force=1',
  seen,
} as const
const h2c = [
  'Connection: Upgrade, HTTP2-Settings',
  'Upgrade: h2c',
  'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
]

/** A call that is not allowed, behind others on the same connection. */
export const connections: readonly Disagreement[] = [
  {
    ...removal,
    name: 'a call behind one that asked for an upgrade in vain',
    before: request('GET /_ping', upgrade),
    applied: everywhere,
  },
  {
    ...removal,
    name: 'a call behind one that asked for HTTP/2 in vain',
    before: request('GET /_ping', h2c),
    applied: everywhere,
  },
  {
    ...removal,
    name: 'a call behind an attach to what does not exist',
    before: request('POST /containers/nowhere/attach?stream=1&stdin=1', upgrade),
    // The engine has taken the connection over before it looks for the container.
    applied: nowhere,
  },
  {
    ...removal,
    name: 'a call behind a start of an exec that does not exist',
    before: request('POST /exec/nowhere/start', [...upgrade, ...json], '{"Detach":false}'),
    applied: everywhere,
  },
  {
    ...removal,
    name: 'a call behind a container that could not be made',
    before: request('POST /containers/create', [...upgrade, ...json], '{"Image":"nowhere:latest"}'),
    applied: everywhere,
  },
  {
    ...removal,
    name: 'a call behind a tunnel that nobody can judge',
    before: request('POST /grpc', h2c),
    seen: 403,
    applied: nowhere,
  },
  {
    ...removal,
    name: 'a call behind a body that is not JSON',
    before: request('POST /containers/nowhere/exec', [...upgrade, ...json], '{]'),
    applied: everywhere,
  },
  {
    ...removal,
    name: 'a call behind one with a form',
    before: request(
      'POST /containers/nowhere/rename',
      ['Content-Type: application/x-www-form-urlencoded'],
      'name=x',
    ),
    seen: 415,
    applied: everywhere,
  },
  {
    name: 'a start in version 1.23, with the rights in its body',
    aim: 'a container with more rights',
    before: request('POST /containers/create?name=MADE', json, '{"Image":"busybox:latest"}'),
    line: 'POST /v1.23/containers/MADE/start',
    fields: json,
    body: '{"Privileged":true}',
    seen: 400,
    applied: only20,
  },
]
