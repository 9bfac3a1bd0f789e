import type { Disagreement, EngineName, Seen } from './disagreement.js'
import { everywhere, json, nowhere, only20, utf8 } from './disagreement.js'

const exec = '{"Cmd":["true"],"Privileged":true}'

type Row = readonly [name: string, body: string, seen: string | number, applied: readonly EngineName[]]

/** Ways to write an exec that has more rights than it may have. */
const execs: readonly Row[] = [
  ['fields in lower case', '{"cmd":["true"],"privileged":true}', exec, everywhere],
  ['fields in upper case', '{"CMD":["true"],"PRIVILEGED":true}', exec, everywhere],
  ['an escaped name', '{"Cmd":["true"],"Privilege\\u0064":true}', exec, everywhere],
  [
    'a fold',
    utf8('{"Cmd":["true"],"Privileged":true,"u\u017Fer":"0"}'),
    '{"Cmd":["true"],"Privileged":true,"User":"0"}',
    everywhere,
  ],
  ['a key twice', '{"Cmd":["true"],"Privileged":false,"Privileged":true}', 400, everywhere],
  ['a field in two cases', '{"Cmd":["true"],"Privileged":true,"privileged":null}', 400, everywhere],
  [
    'rights in __proto__',
    '{"Cmd":["true"],"__proto__":{"Privileged":true}}',
    '{"Cmd":["true"],"__proto__":{"Privileged":true}}',
    nowhere,
  ],
  ['something behind it', `${exec} x`, 400, only20],
  ['a brace behind it', `${exec}}`, 400, everywhere],
  ['a second document', `{"Cmd":["true"]}${exec}`, 400, nowhere],
  ['a list', `[${exec}]`, 400, nowhere],
  ['null', 'null', '', nowhere],
  ['nothing', '', '', nowhere],
  ['a byte order mark', utf8(`\uFEFF${exec}`), 400, nowhere],
]

const execSeen = (body: string): Seen => ({
  endpoint: 'POST /containers/:id/exec',
  params: { id: 'MINE' },
  ...(body !== '' && { body }),
})

export const execBodies: readonly Disagreement[] = execs.map(([name, body, seen, applied]): Disagreement => ({
  name: `an exec with ${name}`,
  aim: 'an exec with more rights',
  line: 'POST /containers/MINE/exec',
  fields: json,
  body,
  seen: typeof seen === 'number' ? seen : execSeen(seen),
  applied,
}))
