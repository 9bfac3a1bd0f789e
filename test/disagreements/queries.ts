import { request } from '../docker-calls.js'
import type { Disagreement, EngineName, Seen } from './disagreement.js'
import { chunked, everywhere, form, json, nowhere, utf8 } from './disagreement.js'

const body = '{"Image":"busybox:latest"}'

const renameSeen = (query: Record<string, string>): Seen => ({
  endpoint: 'POST /containers/:id/rename',
  params: { id: 'MINE' },
  query,
})

/** Ways to say the name that nobody may take. */
const names: readonly (readonly [
  name: string,
  query: string,
  seen: Record<string, string> | number,
  applied: readonly EngineName[],
])[] = [
  ['twice, the reserved first', 'name=RESERVED&name=MADE', 400, everywhere],
  ['twice, the reserved last', 'name=MADE&name=RESERVED', 400, nowhere],
  ['twice, both times the reserved one', 'name=RESERVED&name=RESERVED', { name: 'RESERVED' }, everywhere],
  ['under an escaped name', 'n%61me=RESERVED', { name: 'RESERVED' }, everywhere],
  ['under an escaped name, then under its name', '%6eame=RESERVED&name=MADE', 400, everywhere],
  ['in another case', 'Name=RESERVED&name=MADE', { Name: 'RESERVED', name: 'MADE' }, nowhere],
  ['behind empty pairs', '&&&name=RESERVED&', { name: 'RESERVED' }, everywhere],
  ['behind a semicolon', 'name=MADE;name=RESERVED', 400, nowhere],
  ['behind a semicolon in another pair', 'x=1;name=MADE&name=RESERVED', 400, nowhere],
  [
    'behind an escaped semicolon',
    'x=1%3Bname=MADE&name=RESERVED',
    { x: '1;name=MADE', name: 'RESERVED' },
    everywhere,
  ],
  ['behind an escaped ampersand', 'name=MADE%26name=RESERVED', { name: 'MADE&name=RESERVED' }, nowhere],
  ['behind a bad escape', 'x=%zz&name=RESERVED', 400, nowhere],
  ['behind half an escape', 'name=RESERVED&x=%', 400, nowhere],
  ['behind a byte that is not UTF-8', 'x=%ff&name=RESERVED', 400, everywhere],
  [
    'behind a second question mark',
    'x=1?name=MADE&name=RESERVED',
    { x: '1?name=MADE', name: 'RESERVED' },
    everywhere,
  ],
  ['behind a number sign', 'name=RESERVED#&name=MADE', 400, nowhere],
  ['behind a number sign in another pair', 'x=#&name=RESERVED', { x: '#', name: 'RESERVED' }, everywhere],
  ['with brackets', 'name[]=RESERVED&name=MADE', { 'name[]': 'RESERVED', name: 'MADE' }, nowhere],
  ['with a slash before it', 'name=/RESERVED', { name: '/RESERVED' }, everywhere],
  ['with a plus sign before it', 'name=+RESERVED', { name: ' RESERVED' }, nowhere],
  [
    'beside __proto__',
    '__proto__=MADE&name=RESERVED',
    { ['__proto__']: 'MADE', name: 'RESERVED' },
    everywhere,
  ],
]

/** Ways to say it in the body of a call that has none. */
const forms: readonly (readonly [name: string, type: string, applied: readonly EngineName[]])[] = [
  ['a form', 'application/x-www-form-urlencoded', everywhere],
  ['a form with a charset', 'application/x-www-form-urlencoded; charset=utf-8', everywhere],
  ['a form in upper case', 'APPLICATION/X-WWW-FORM-URLENCODED', everywhere],
  ['a form with a dotted I', 'appl\xc4\xb0cation/x-www-form-urlencoded', everywhere],
  ['a form with a broken parameter', 'application/x-www-form-urlencoded; =', everywhere],
  ['a form behind white space', '\t application/x-www-form-urlencoded \t', everywhere],
]
const parts = '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nRESERVED\r\n--b--\r\n'
const removal = request('DELETE /containers/GUARDED?force=1')

export const queries: readonly Disagreement[] = [
  ...names.flatMap(([name, query, seen, applied]): Disagreement[] => [
    {
      name: `a rename to a name that is there ${name}`,
      aim: 'a reserved name',
      line: `POST /containers/MINE/rename?${query}`,
      seen: typeof seen === 'number' ? seen : renameSeen(seen),
      applied,
    },
    {
      name: `a create with a name that is there ${name}`,
      aim: 'a reserved name',
      line: `POST /containers/create?${query}`,
      fields: json,
      body,
      seen: typeof seen === 'number' ? seen : { endpoint: 'POST /containers/create', query: seen, body },
      applied,
    },
  ]),
  ...forms.map(([name, type, applied]): Disagreement => ({
    name: `a rename with ${name} against its query`,
    aim: 'a reserved name',
    line: 'POST /containers/MINE/rename?name=MADE',
    fields: [`Content-Type: ${type}`],
    body: 'name=RESERVED',
    seen: 415,
    applied,
  })),
  {
    name: 'a rename with a form in chunks',
    aim: 'a reserved name',
    line: 'POST /containers/MINE/rename?name=MADE',
    fields: [...form, chunked],
    body: 'name=RESERVED',
    seen: 415,
    applied: everywhere,
  },
  {
    name: 'a rename with a form of several parts',
    aim: 'a reserved name',
    line: 'POST /containers/MINE/rename?name=MADE',
    fields: ['Content-Type: multipart/form-data; boundary=b'],
    body: parts,
    seen: renameSeen({ name: 'MADE' }),
    applied: nowhere,
  },
  {
    name: 'a rename with a form that is called JSON',
    aim: 'a reserved name',
    line: 'POST /containers/MINE/rename?name=MADE',
    fields: json,
    body: 'name=RESERVED',
    seen: renameSeen({ name: 'MADE' }),
    applied: nowhere,
  },
  {
    name: 'an attach with a form against its query',
    aim: 'an attach to the guarded container',
    line: 'POST /containers/GUARDED/attach?stream=0',
    fields: form,
    body: 'stream=1&stdin=1',
    seen: 415,
    applied: everywhere,
  },
  {
    name: 'a GET with a call for a body',
    aim: 'the end of the guarded container',
    line: 'GET /containers/json',
    body: removal,
    seen: { endpoint: 'GET /containers/json' },
    applied: nowhere,
  },
  {
    name: 'a HEAD with a call for a body in chunks',
    aim: 'the end of the guarded container',
    line: 'HEAD /_ping',
    fields: [chunked],
    body: removal,
    seen: { endpoint: 'HEAD /_ping' },
    applied: nowhere,
  },
  {
    name: 'another method in a field',
    aim: 'the end of the guarded container',
    line: 'GET /containers/GUARDED/json',
    fields: ['X-HTTP-Method-Override: DELETE'],
    seen: { endpoint: 'GET /containers/:id/json', params: { id: 'GUARDED' } },
    applied: nowhere,
  },
  {
    name: 'a method in lower case',
    aim: 'the end of the guarded container',
    line: 'delete /containers/GUARDED?force=1',
    seen: 403,
    applied: nowhere,
  },
  {
    name: 'a name with a letter from beyond ASCII',
    aim: 'the end of the guarded container',
    line: `DELETE /containers/GUARDED${encodeURIComponent('\u200B')}?force=1`,
    fields: [`X-Note: ${utf8('\u200B')}`],
    seen: { endpoint: 'DELETE /containers/:id', params: { id: 'GUARDED\u200B' }, query: { force: '1' } },
    applied: nowhere,
  },
]
