// JSON inside of queries, which core does not read: a policy that does must read it as the engine. What each means was
// tried on 20.10 and 26.1, builds with the classic builder.

export interface QueryJson {
  readonly name: string
  readonly line: string
  /** The same as Docker's own clients write it; undefined: the engine refuses it (400), or takes it for nothing. */
  readonly means: string | undefined
}

type Row = readonly [name: string, value: string, means: string | undefined]

const rights = '[{"Name":"rtprio","Soft":1,"Hard":1}]'

const ulimits: readonly Row[] = [
  ['as they are', rights, rights],
  ['in lower case', '[{"name":"rtprio","soft":1,"hard":1}]', rights],
  ['in upper case', '[{"NAME":"rtprio","SOFT":1,"HARD":1}]', rights],
  ['in a fold', '[{"Name":"rtprio","\u017Foft":1,"Hard":1}]', rights],
  ['in escapes', String.raw`[{"\u004eame":"rt\u0070rio","Soft":1,"Hard":1}]`, rights],
  ['behind white space', ` \t${rights}\n`, rights],
  ['with a name twice', '[{"Name":"nofile","Soft":1,"Hard":1,"Name":"rtprio"}]', rights],
  ['with a name in two cases', '[{"Name":"nofile","Soft":1,"Hard":1,"name":"rtprio"}]', rights],
  [
    'with an escaped name twice',
    String.raw`[{"Name":"core","Soft":1,"Hard":1,"N\u0061me":"rtprio"}]`,
    rights,
  ],
  ['with a name, then null', '[{"Name":"rtprio","Soft":1,"Hard":1,"Name":null}]', rights],
  ['with a name that holds a colon', '[{"Name":"rtprio","Soft":1,"Hard":1,":":":"}]', rights],
  [
    'with a harmless one before',
    `[{"Name":"core"},${rights.slice(1)}`,
    `[{"Name":"core"},${rights.slice(1)}`,
  ],
  ['with what nobody knows', '[{"Name":"rtprio","Soft":1,"Hard":1,"x":1}]', rights],
  ['in __proto__', '[{"__proto__":{"Name":"rtprio"},"Name":"core"}]', '[{"Name":"core"}]'],
  ['that are none', '[]', ''],
  ['of null', 'null', ''],
  ['that are an object', '{}', undefined],
  ['in a list of lists', `[${rights}]`, undefined],
  ['with something behind', `${rights} x`, undefined],
  ['twice over', `[]${rights}`, undefined],
  ['behind a byte order mark', `\uFEFF${rights}`, undefined],
  ['with half of it', rights.slice(0, -1), undefined],
  ['that are no JSON', 'rtprio=1', undefined],
]

const cacheFrom: readonly Row[] = [
  ['as it is', '["evil:1"]', '["evil:1"]'],
  ['in escapes', String.raw`["\u0065vil:1"]`, '["evil:1"]'],
  ['two in one', '["alpine,evil:1"]', '["alpine,evil:1"]'],
  ['behind a harmless one', '["alpine","evil:1"]', '["alpine","evil:1"]'],
  ['that is a text', '"evil:1"', undefined],
  ['that is an object', '{"0":"evil:1"}', undefined],
]

const outputs: readonly Row[] = [
  ['as they are', '[{"Type":"image","Attrs":{"name":"evil"}}]', '[{"Type":"image","Attrs":{"name":"evil"}}]'],
  [
    'in lower case',
    '[{"type":"image","attrs":{"name":"evil"}}]',
    '[{"Type":"image","Attrs":{"name":"evil"}}]',
  ],
  [
    'with a type twice',
    '[{"Type":"local","Attrs":{"name":"evil"},"Type":"image"}]',
    '[{"Type":"image","Attrs":{"name":"evil"}}]',
  ],
  [
    'with a type in two cases',
    '[{"Type":"local","type":"image","Attrs":{"name":"evil"}}]',
    '[{"Type":"image","Attrs":{"name":"evil"}}]',
  ],
  [
    'with a name twice',
    '[{"Type":"image","Attrs":{"name":"made/a","name":"evil"}}]',
    '[{"Type":"image","Attrs":{"name":"evil"}}]',
  ],
  [
    'with attributes twice',
    '[{"Type":"image","Attrs":{"name":"evil"},"Attrs":{}}]',
    '[{"Type":"image","Attrs":{"name":"evil"}}]',
  ],
]

const labels: readonly Row[] = [
  ['of somebody else', '{"intermediate.owner":"them"}', '{"intermediate.owner":"them"}'],
  ['twice', '{"intermediate.owner":"me","intermediate.owner":"them"}', '{"intermediate.owner":"them"}'],
  ['in escapes', String.raw`{"intermediate\u002eowner":"them"}`, '{"intermediate.owner":"them"}'],
  ['of null', '{"a":null}', '{"a":""}'],
  ['that are a list', '["a=b"]', undefined],
  ['with something behind', '{"a":"b"}{"a":"c"}', undefined],
]

const filters: readonly Row[] = [
  ['as a list', '{"label":["a=b"]}', '{"label":["a=b"]}'],
  ['as a map', '{"label":{"a=b":true}}', '{"label":["a=b"]}'],
  ['as a map of false', '{"label":{"a=b":false}}', '{"label":["a=b"]}'],
  ['as a map of null', '{"label":{"a=b":null}}', '{"label":["a=b"]}'],
  ['as a map of numbers', '{"label":{"a=b":1}}', undefined],
  ['as a text', '{"label":"a=b"}', undefined],
  ['twice', '{"label":["c=d"],"label":["a=b"]}', '{"label":["a=b"]}'],
  ['twice, as maps', '{"label":{"c=d":true},"label":{"a=b":true}}', '{"label":["a=b"]}'],
  ['twice, as both', '{"label":["c=d"],"label":{"a=b":true}}', undefined],
  ['as both', '{"label":["a=b"],"id":{"x":true}}', undefined],
  ['in another case', '{"Label":["a=b"]}', undefined],
  ['in escapes', String.raw`{"\u006cabel":["a=b"]}`, '{"label":["a=b"]}'],
  ['behind white space', ' {"label":["a=b"]} ', '{"label":["a=b"]}'],
  ['of no values', '{"label":[]}', '{}'],
  ['of null', '{"label":null}', '{}'],
  ['that are null', 'null', '{}'],
  ['that are nothing', '', '{}'],
  ['that are a list', '[]', undefined],
  ['with something behind', '{"label":["a=b"]} x', undefined],
  ['twice over', '{"label":["a=b"]}{}', undefined],
  ['with a number', '{"label":["a=b",1]}', undefined],
  ['of __proto__', '{"label":["a=b"],"__proto__":["x"]}', undefined],
]

/** Ways to write the query around it: of `name=value`, what is sent. */
const written: readonly (readonly [name: string, write: (name: string, value: string) => string])[] = [
  ['', (name, value) => `${name}=${encodeURIComponent(value)}`],
  [', the name escaped', (name, value) => `${escaped(name)}=${encodeURIComponent(value)}`],
  [', in plus signs', (name, value) => `${name}=${encodeURIComponent(value).replaceAll('%20', '+')}`],
  [', all escaped', (name, value) => `${name}=${[...Buffer.from(value)].map(hex).join('')}`],
]

export const queryJson: readonly QueryJson[] = [
  ...entries('POST /build', 'ulimits', ulimits),
  ...entries('POST /build', 'cachefrom', cacheFrom),
  ...entries('POST /build', 'outputs', outputs),
  ...entries('POST /build', 'labels', labels),
  ...entries('POST /containers/prune', 'filters', filters),
  ...entries('GET /containers/json', 'filters', filters),
]

/** Queries that name it twice, or in a way that Go does not read. */
export const severalTimes: readonly string[] = [
  `POST /build?ulimits=%5B%5D&ulimits=${encodeURIComponent(rights)}`,
  `POST /build?ulimits=${encodeURIComponent(rights)}&ulimits=%5B%5D`,
  `POST /build?ulimits=%5B%5D&%75limits=${encodeURIComponent(rights)}`,
  `POST /build?ulimits=&ulimits=${encodeURIComponent(rights)}`,
  `POST /build?ulimits=${encodeURIComponent(rights)};x=1`,
  `POST /build?x=1;ulimits=${encodeURIComponent(rights)}`,
  `POST /build?ulimits=${encodeURIComponent(rights)}%zz`,
]

function entries(line: string, field: string, rows: readonly Row[]): readonly QueryJson[] {
  return rows.flatMap(([name, value, means]) =>
    written.map(([how, write]) => ({
      name: `${line} with ${field} ${name}${how}`,
      line: `${line}?${write(field, value)}`,
      means: means === undefined ? undefined : `${line}?${field}=${encodeURIComponent(means)}`,
    })),
  )
}

function escaped(name: string): string {
  return hex(name.charCodeAt(0)) + name.slice(1)
}

function hex(octet: number): string {
  return `%${octet.toString(16).padStart(2, '0')}`
}
