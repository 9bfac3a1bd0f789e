import type { Disagreement, EngineName, Seen } from './disagreement.js'
import { everywhere, json, nowhere, only20, utf8 } from './disagreement.js'

const image = '"Image":"busybox:latest"'
const rights = '"HostConfig":{"Privileged":true}'
const create = `{${image},${rights}}`

type Row = readonly [name: string, body: string, seen: string | number, applied: readonly EngineName[]]

/** Ways to write the fields of a container that has more rights than it may have. */
const creates: readonly Row[] = [
  ['fields in lower case', '{"image":"busybox:latest","hostconfig":{"privileged":true}}', create, everywhere],
  ['fields in upper case', '{"IMAGE":"busybox:latest","HOSTCONFIG":{"PRIVILEGED":true}}', create, everywhere],
  ['fields in mixed case', '{"iMaGe":"busybox:latest","hOsTcOnFiG":{"pRiViLeGeD":true}}', create, everywhere],
  ['an inner field in another case', `{${image},"HostConfig":{"privileged":true}}`, create, everywhere],
  ['a long s', utf8(`{${image},"Ho\u017Ftconfig":{"Privileged":true}}`), create, everywhere],
  [
    'a sign for Kelvin',
    utf8(`{${image},"HostConfig":{"networ\u212Amode":"host"}}`),
    `{${image},"HostConfig":{"NetworkMode":"host"}}`,
    everywhere,
  ],
  [
    'both folds, escaped',
    `{${image},"ho\\u017ftconfig":{"PidMode":"host"}}`,
    `{${image},"HostConfig":{"PidMode":"host"}}`,
    everywhere,
  ],
  ['an escaped name', `{${image},"\\u0048ostConfig":{"\\u0050rivileged":true}}`, create, everywhere],
  [
    'letters that fold to nothing in ASCII',
    utf8(`{${image},"Ho\u00DFtConfig":{},"HostConfig":{"Pr\u0130vileged":true,"Pr\u0131vileged":true}}`),
    `{${image},"Ho\u00DFtConfig":{},"HostConfig":{"Pr\u0130vileged":true,"Pr\u0131vileged":true}}`,
    nowhere,
  ],
  [
    'a name with a NUL',
    `{${image},"HostConfig":{"Privileged\\u0000":true}}`,
    `{${image},"HostConfig":{"Privileged\\u0000":true}}`,
    nowhere,
  ],
  ['a key twice', `{${image},${rights},"HostConfig":{}}`, 400, everywhere],
  ['a key twice, the harmless first', `{${image},"HostConfig":{},${rights}}`, 400, everywhere],
  [
    'a key twice, once escaped',
    `{${image},"HostConfig":{},"HostConfi\\u0067":{"Privileged":true}}`,
    400,
    everywhere,
  ],
  ['an inner key twice', `{${image},"HostConfig":{"Privileged":false,"Privileged":true}}`, 400, everywhere],
  [
    'an inner field twice, then null',
    `{${image},"HostConfig":{"Privileged":true,"privileged":null}}`,
    400,
    everywhere,
  ],
  ['a field in two cases', `{${image},"HostConfig":{},"hostConfig":{"Privileged":true}}`, 400, everywhere],
  [
    'a field in two folds',
    utf8(`{${image},"HostConfig":{},"Ho\u017FtConfig":{"Privileged":true}}`),
    400,
    everywhere,
  ],
  [
    'a field of an item twice',
    `{${image},"HostConfig":{"Privileged":true,"Mounts":[{"Type":"tmpfs","Target":"/a","target":"/b"}]}}`,
    400,
    everywhere,
  ],
  ['a field of HostConfig at the top', `{${image},"Privileged":true}`, 400, everywhere],
  [
    'a field of HostConfig at the top, folded',
    utf8(`{${image},"pidmode":"host","bind\u017F":[]}`),
    400,
    everywhere,
  ],
  [
    'one at the top beside an empty HostConfig',
    `{${image},"Memory":134217728,"HostConfig":{}}`,
    400,
    everywhere,
  ],
  [
    'one at the top beside a HostConfig of null',
    `{${image},"privileged":true,"HostConfig":null}`,
    400,
    everywhere,
  ],
  [
    'an empty one at the top',
    `{${image},"Privileged":false,"Binds":[],"Runtime":null,"HostConfig":{}}`,
    `{${image},"HostConfig":{}}`,
    nowhere,
  ],
  [
    'rights in __proto__',
    `{${image},"__proto__":{${rights}}}`,
    `{${image},"__proto__":{${rights}}}`,
    nowhere,
  ],
  [
    'rights in an inner __proto__',
    `{${image},"HostConfig":{"__proto__":{"Privileged":true}}}`,
    `{${image},"HostConfig":{"__proto__":{"Privileged":true}}}`,
    nowhere,
  ],
  [
    'rights beside __proto__ and constructor',
    `{"constructor":{"prototype":{}},"__proto__":null,${image},"HostConfig":{"__proto__":null,"privileged":true}}`,
    `{"constructor":{"prototype":{}},"__proto__":null,${image},"HostConfig":{"__proto__":null,"Privileged":true}}`,
    everywhere,
  ],
  [
    'an integer past 2^53',
    `{${image},"HostConfig":{"Memory":9007199254740993}}`,
    `{${image},"HostConfig":{"Memory":9007199254740993}}`,
    everywhere,
  ],
  [
    'the largest integer',
    `{${image},"HostConfig":{"memory":9223372036854775807}}`,
    `{${image},"HostConfig":{"Memory":9223372036854775807}}`,
    everywhere,
  ],
  [
    'an integer past 2^63',
    `{${image},"HostConfig":{"Memory":9223372036854775808}}`,
    `{${image},"HostConfig":{"Memory":9223372036854775808}}`,
    nowhere,
  ],
  [
    'an integer past 2^64',
    `{${image},"HostConfig":{"Memory":18446744073709551617}}`,
    `{${image},"HostConfig":{"Memory":18446744073709551617}}`,
    nowhere,
  ],
  [
    'a negative integer',
    `{${image},"HostConfig":{"Memory":-1}}`,
    `{${image},"HostConfig":{"Memory":-1}}`,
    nowhere,
  ],
  [
    'a fraction of nothing',
    `{${image},"HostConfig":{"Memory":134217728.0}}`,
    `{${image},"HostConfig":{"Memory":134217728.0}}`,
    nowhere,
  ],
  [
    'an exponent',
    `{${image},"HostConfig":{"Memory":1e9}}`,
    `{${image},"HostConfig":{"Memory":1e9}}`,
    nowhere,
  ],
  ['a number that no double can hold', `{${image},"Novel":1e400,${rights}}`, 400, everywhere],
  [
    'text for true',
    `{${image},"HostConfig":{"Privileged":"true"}}`,
    `{${image},"HostConfig":{"Privileged":"true"}}`,
    nowhere,
  ],
  [
    'one for true',
    `{${image},"HostConfig":{"Privileged":1}}`,
    `{${image},"HostConfig":{"Privileged":1}}`,
    nowhere,
  ],
  [
    'a list for an object',
    `{${image},"HostConfig":[{"Privileged":true}]}`,
    `{${image},"HostConfig":[{"Privileged":true}]}`,
    nowhere,
  ],
  [
    'an object for a list',
    `{${image},"HostConfig":{"Binds":{"0":"/:/x"}}}`,
    `{${image},"HostConfig":{"Binds":{"0":"/:/x"}}}`,
    nowhere,
  ],
  ['a list for a document', `[${create}]`, 400, nowhere],
  ['null for a document', 'null', '', nowhere],
  ['text for a document', JSON.stringify(create), 400, nowhere],
  ['something behind it', `${create} x`, 400, only20],
  // 26.1 asks json.Decoder for more, which takes a closing brace or bracket for the end of what is around.
  ['a brace behind it', `${create}}`, 400, everywhere],
  ['a bracket and a second document behind it', `${create}]{${image}}`, 400, everywhere],
  ['a second document', `${create}{${image}}`, 400, only20],
  ['rights in a second document', `{${image}}${create}`, 400, nowhere],
  ['a comment', `{${image}/**/,${rights}}`, 400, nowhere],
  ['a comment to the end of a line', `{${image},//"\n${rights}}`, 400, nowhere],
  ['NaN', `{${image},"StopTimeout":NaN,${rights}}`, 400, nowhere],
  ['Infinity', `{${image},"StopTimeout":-Infinity,${rights}}`, 400, nowhere],
  ['a comma at the end', `{${image},${rights},}`, 400, nowhere],
  ['names without quotes', `{Image:"busybox:latest",${rights}}`, 400, nowhere],
  ['apostrophes', `{'Image':'busybox:latest',${rights}}`, 400, nowhere],
  ['white space of JSON', ` \t\r\n${create}\n `, create, everywhere],
  ['white space of Unicode', utf8(`\u00A0${create}`), 400, nowhere],
  ['a byte order mark', utf8(`\uFEFF${create}`), 400, nowhere],
  ['UTF-16', Buffer.from(create, 'utf16le').toString('latin1'), 400, nowhere],
  [
    'UTF-16 with a byte order mark',
    Buffer.from(`\uFEFF${create}`, 'utf16le').toString('latin1'),
    400,
    nowhere,
  ],
  [
    'bytes that are not UTF-8',
    `{${image},"Novel":"\xff\xc0\xaf",${rights}}`,
    `{${image},"Novel":"\uFFFD\uFFFD\uFFFD",${rights}}`,
    everywhere,
  ],
  [
    'two names that are one without their broken bytes',
    `{${image},"\xff":1,"\xfe":2,${rights}}`,
    400,
    everywhere,
  ],
  [
    'lists 9,999 deep',
    `{${image},"Novel":${nested(9_999)},${rights}}`,
    `{${image},"Novel":${nested(9_999)},${rights}}`,
    everywhere,
  ],
  ['lists 10,000 deep', `{${image},"Novel":${nested(10_000)},${rights}}`, 400, nowhere],
  ['nothing', '', '', nowhere],
  ['8 MiB of white space before it', `${' '.repeat(8 * 1024 * 1024)}${create}`, 413, everywhere],
  ['8 MiB of white space behind it', `${create}${' '.repeat(8 * 1024 * 1024)}`, 413, everywhere],
  [
    '8 MiB of a field that nobody knows',
    `{${image},"Novel":"${'x'.repeat(8 * 1024 * 1024)}",${rights}}`,
    413,
    everywhere,
  ],
]

const createSeen = (body: string): Seen => ({
  endpoint: 'POST /containers/create',
  query: { name: 'MADE' },
  ...(body !== '' && { body }),
})

export const createBodies: readonly Disagreement[] = creates.map(
  ([name, body, seen, applied]): Disagreement => ({
    name: `a container with ${name}`,
    aim: 'a container with more rights',
    line: 'POST /containers/create?name=MADE',
    fields: json,
    body,
    seen: typeof seen === 'number' ? seen : createSeen(seen),
    applied,
  }),
)

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth)
}
