import type { Disagreement, EngineName, Seen } from './disagreement.js'
import { everywhere, json, nowhere, only20 } from './disagreement.js'

const exec = { fields: json, body: '{"Cmd":["true"]}' }
const execSeen: Seen = {
  endpoint: 'POST /containers/:id/exec',
  params: { id: 'GUARDED' },
  body: '{"Cmd":["true"]}',
}
const deleteSeen: Seen = {
  endpoint: 'DELETE /containers/:id',
  params: { id: 'GUARDED' },
  query: { force: '1' },
}
const rights = { fields: json, body: '{"Image":"busybox:latest","HostConfig":{"Privileged":true}}' }
const createSeen: Seen = {
  endpoint: 'POST /containers/create',
  query: { name: 'MADE' },
  body: rights.body,
}

type Row = readonly [name: string, path: string, seen: Seen | number, applied: readonly EngineName[]]

/** Ways to write the path of a call that is not allowed. */
const creates: readonly Row[] = [
  ['without a version', '/containers/create', createSeen, everywhere],
  ['with an escaped letter', '/%63ontainers/create', createSeen, everywhere],
  ['with an escaped slash', '/containers%2Fcreate', createSeen, everywhere],
  ['all escaped', '/%63%6f%6e%74%61%69%6e%65%72%73%2f%63%72%65%61%74%65', createSeen, everywhere],
  ['escaped twice', '/%2563ontainers/create', 403, nowhere],
  ['with an escaped version', '/%76%31%2e41/containers/create', createSeen, everywhere],
  ['with a version of three numbers', '/v1.41.0/containers/create', createSeen, everywhere],
  ['with zeros before the version', '/v01.041/containers/create', createSeen, everywhere],
  ['with a dot behind the version', '/v1.41./containers/create', createSeen, everywhere],
  ['with the version twice', '/v1.41/v1.41/containers/create', 403, nowhere],
  ['with a large V', '/V1.41/containers/create', 403, nowhere],
  ['with a version without v', '/1.41/containers/create', 403, nowhere],
  ['with a version without numbers', '/v/containers/create', 403, nowhere],
  ['with a version of dots', '/v../containers/create', 400, nowhere],
  ['with a version of two dots in a row', '/v1..41/containers/create', 400, nowhere],
  ['with version 1.23', '/v1.23/containers/create', 400, only20],
  ['with version 1.12', '/v1.12/containers/create', 400, only20],
  ['with version 0', '/v0/containers/create', 400, nowhere],
  ['in upper case', '/CONTAINERS/CREATE', 403, nowhere],
  ['with a large letter', '/containers/Create', 403, nowhere],
  ['with a slash at the end', '/containers/create/', 403, nowhere],
  ['with two slashes', '//containers//create', 403, nowhere],
  ['with two slashes behind the version', '/v1.41//containers/create', 403, nowhere],
  ['with a dot', '/./containers/create', 403, nowhere],
  ['with two dots', '/info/../containers/create', 403, nowhere],
  ['with escaped dots', '/info/%2e%2e/containers/create', 403, nowhere],
  ['with a backslash', '/containers\\create', 403, nowhere],
  ['with an escaped question mark', '/containers/create%3fx=1', 403, nowhere],
  ['with a semicolon', '/containers/create;x=1', 403, nowhere],
  ['with a fragment', '/containers/create#x', 403, nowhere],
  ['with a NUL behind it', '/containers/create%00', 403, nowhere],
  ['with a line feed behind it', '/containers/create%0a', 403, nowhere],
  ['with a byte that is not UTF-8', '/containers/create%ff', 403, nowhere],
  ['with an overlong slash', '/containers%c0%afcreate', 403, nowhere],
]

const containers: readonly Row[] = [
  [
    'with a slash behind the name',
    '/containers/GUARDED/',
    { ...deleteSeen, params: { id: 'GUARDED/' } },
    nowhere,
  ],
  ['with an escaped slash before the name', '/containers/%2fGUARDED', 403, nowhere],
  ['with two slashes before the name', '/containers//GUARDED', 403, nowhere],
  ['with dots before the name', '/containers/x/../GUARDED', 403, nowhere],
  ['with an escaped slash', '/containers%2FGUARDED', deleteSeen, everywhere],
  ['with an escaped letter', '/container%73/GUARDED', deleteSeen, everywhere],
  ['with version 1.23', '/v1.23/containers/GUARDED', 400, only20],
  [
    'by its name as a link',
    '/containers/MINE/GUARDED',
    { ...deleteSeen, params: { id: 'MINE/GUARDED' } },
    nowhere,
  ],
]

const execs: readonly Row[] = [
  ['with escaped slashes', '/containers%2fGUARDED%2fexec', execSeen, everywhere],
  ['with an escaped letter', '/containers/GUARDED/e%78ec', execSeen, everywhere],
  [
    'by the name of a link to it',
    '/containers/MINE/link/exec',
    { ...execSeen, params: { id: 'MINE/link' } },
    everywhere,
  ],
  [
    'by an escaped name of a link',
    '/containers/MINE%2flink/exec',
    { ...execSeen, params: { id: 'MINE/link' } },
    everywhere,
  ],
  ['with a slash at the end', '/containers/GUARDED/exec/', 403, nowhere],
  ['with two slashes', '/containers//GUARDED/exec', 403, nowhere],
  ['with dots', '/containers/MINE/../GUARDED/exec', 403, nowhere],
  ['with escaped dots', '/containers/MINE%2f%2e%2e%2fGUARDED/exec', 403, nowhere],
  ['with a large letter', '/containers/GUARDED/Exec', 403, nowhere],
  ['with version 1.23', '/v1.23/containers/GUARDED/exec', 400, only20],
]

const attachSeen = (id: string): Seen => ({
  endpoint: 'POST /containers/:id/attach',
  params: { id },
  query: { stream: '1', stdin: '1' },
})
const attaches: readonly Row[] = [
  ['with escaped slashes', '/containers%2fGUARDED%2fattach', attachSeen('GUARDED'), everywhere],
  ['with an odd version', '/v01.41.0/containers/GUARDED/attach', attachSeen('GUARDED'), everywhere],
  ['by the name of a link to it', '/containers/MINE/link/attach', attachSeen('MINE/link'), everywhere],
  ['with version 1.23', '/v1.23/containers/GUARDED/attach', 400, only20],
  ['with two slashes', '/containers//GUARDED/attach', 403, nowhere],
]

const startSeen: Seen = { endpoint: 'POST /exec/:id/start', params: { id: 'EXEC' }, body: '{"Detach":true}' }
const starts: readonly Row[] = [
  ['with escaped slashes', '/exec%2fEXEC%2fstart', startSeen, everywhere],
  ['with an odd version', '/v1.41.0.0/exec/EXEC/start', startSeen, everywhere],
  ['with version 1.23', '/v1.23/exec/EXEC/start', 400, only20],
  ['with a slash at the end', '/exec/EXEC/start/', 403, nowhere],
]

export const paths: readonly Disagreement[] = [
  ...creates.map(([name, path, seen, applied]): Disagreement => ({
    name: `a create ${name}`,
    aim: 'a container with more rights',
    line: `POST ${path}?name=MADE`,
    ...rights,
    seen,
    applied,
  })),
  ...containers.map(([name, path, seen, applied]): Disagreement => ({
    name: `a removal ${name}`,
    aim: 'the end of the guarded container',
    line: `DELETE ${path}?force=1`,
    seen,
    applied,
  })),
  ...execs.map(([name, path, seen, applied]): Disagreement => ({
    name: `an exec ${name}`,
    aim: 'an exec in the guarded container',
    line: `POST ${path}`,
    ...exec,
    seen,
    applied,
  })),
  ...attaches.map(([name, path, seen, applied]): Disagreement => ({
    name: `an attach ${name}`,
    aim: 'an attach to the guarded container',
    line: `POST ${path}?stream=1&stdin=1`,
    seen,
    applied,
  })),
  ...starts.map(([name, path, seen, applied]): Disagreement => ({
    name: `a start of an exec ${name}`,
    aim: 'a start of an exec in the guarded container',
    line: `POST ${path}`,
    fields: json,
    body: '{"Detach":true}',
    seen,
    applied,
  })),
  {
    name: 'the name of an image with slashes',
    aim: 'a container with more rights',
    line: 'GET /images/library/nginx/json',
    seen: { endpoint: 'GET /images/:name/json', params: { name: 'library/nginx' } },
    applied: nowhere,
  },
]
