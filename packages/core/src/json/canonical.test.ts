import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../endpoints/endpoint-types.js'
import { canonical } from './canonical.js'
import { foldName } from './fold-name.js'
import type { JsonObject } from './json-value.js'
import { parseJson } from './parse-json.js'
import { requestFields } from './request-fields.js'
import { requestFieldTrees } from './request-fields-table.js'
import { writeJson } from './write-json.js'

function read(text: string, endpoint: Endpoint = 'POST /containers/create'): string {
  const fields = requestFields(endpoint)
  if (!fields) throw new Error(`${endpoint} has no fields`)
  return writeJson(canonical(parseJson(Buffer.from(text)), fields)).toString()
}

describe('a field has its canonical name', () => {
  test.each([
    ['in lower case', '{"hostconfig":{"privileged":true}}', '{"HostConfig":{"Privileged":true}}'],
    ['in upper case', '{"HOSTCONFIG":{"PIDMODE":"host"}}', '{"HostConfig":{"PidMode":"host"}}'],
    ['with a long s', '{"ho\u017Ftconfig":{}}', '{"HostConfig":{}}'],
    [
      'with a Kelvin sign',
      '{"HostConfig":{"networ\u212Amode":"host"}}',
      '{"HostConfig":{"NetworkMode":"host"}}',
    ],
    ['escaped', '{"\\u0068o\\u017ftConfig":{}}', '{"HostConfig":{}}'],
    [
      'in items of a list',
      '{"HostConfig":{"mounts":[{"TYPE":"bind"},{"source":"/"}]}}',
      '{"HostConfig":{"Mounts":[{"Type":"bind"},{"Source":"/"}]}}',
    ],
    [
      'in values of a map',
      '{"NetworkingConfig":{"EndpointsConfig":{"net":{"aliases":[]}}}}',
      '{"NetworkingConfig":{"EndpointsConfig":{"net":{"Aliases":[]}}}}',
    ],
    [
      'with its number as it was',
      '{"hostconfig":{"memory":1e9,"shmsize":1.0}}',
      '{"HostConfig":{"Memory":1e9,"ShmSize":1.0}}',
    ],
  ])('%s', (_, text, result) => {
    expect(read(text)).toBe(result)
  })

  test('which may be in lower case', () => {
    expect(read('{"USERNAME":"a"}', 'POST /auth')).toBe('{"username":"a"}')
    expect(read('[{"NAME":"network"}]', 'POST /plugins/pull')).toBe('[{"Name":"network"}]')
  })
})

describe('nothing else changes', () => {
  test.each([
    ['keys of a map', '{"Labels":{"HostConfig":"a","hostconfig":"b","__proto__":"c"}}'],
    [
      'keys of a map in a map',
      '{"NetworkingConfig":{"EndpointsConfig":{"Net":{},"net":{"DriverOpts":{"Aliases":"","aliases":""}}}}}',
    ],
    ['unknown fields', '{"Novel":{"Privileged":1,"privileged":2},"novel2":null}'],
    ['what only looks like a field', '{"\u0131mage":1,"\u0130mage":2,"Imag\u00E9":3,"Image ":4,"":5}'],
    ['null', '{"HostConfig":null,"Labels":null,"Cmd":null}'],
    ['an order', '{"Tty":true,"Image":"a","Cmd":["b"]}'],
    ['a list for an object', '{"HostConfig":[{"privileged":true}]}'],
    ['an object for a list', '{"HostConfig":{"Mounts":{"type":"bind"}}}'],
    ['text for an object', '{"HostConfig":"privileged"}'],
  ])('%s', (_, text) => {
    expect(read(text)).toBe(text)
  })

  test('but null, which sets nothing, is an object without fields', () => {
    expect(read('null')).toBe('{}')
  })

  test('an object whose keys are canonical stays itself', () => {
    const body = { HostConfig: { Mounts: [{ Type: 'bind' }] }, Labels: {} }
    const fields = requestFields('POST /containers/create')
    expect(fields && canonical(body, fields)).toBe(body)
  })
})

describe('what no reader can follow is refused', () => {
  test.each(['[]', '"text"', '1', 'true'])('%s for an object', (text) => {
    expect(() => read(text)).toThrow('The body is not a JSON object, as it has to be.')
  })

  test.each([
    ['{"Image":"a","image":"b"}', 'both "Image" and "image" at its top level'],
    ['{"IMAGE":"a","image":"b"}', 'both "IMAGE" and "image" at its top level'],
    ['{"HostConfig":{"Binds":[],"bind\u017F":null}}', 'both "Binds" and "bindſ" in "HostConfig"'],
    [
      '{"hostconfig":{"MOUNTS":[{},{"Source":"a","source":"/"}]}}',
      'both "Source" and "source" in "HostConfig.Mounts[1]"',
    ],
    ['{"Novel":1,"novel":2}', 'both "Novel" and "novel" at its top level'],
  ])('%s', (text, what) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        status: 400,
        message: `The body has ${what}, which Docker takes for one field: send one.`,
      }),
    )
  })

  test.each([
    ['{"Privileged":true}', '"Privileged"', 'HostConfig.Privileged'],
    ['{"bind\u017F":["/:/host"],"HostConfig":{}}', '"bindſ"', 'HostConfig.Binds'],
    ['{"cpuset":"0"}', '"cpuset"', 'HostConfig.CpusetCpus'],
  ])('%s', (text, key, place) => {
    expect(() => read(text)).toThrow(
      `The body has ${key} at its top level, which some engines apply there and others do not: send it as ${place}.`,
    )
    expect(read(text, 'POST /commit')).toBe(text)
  })
})

test('a field of HostConfig at the top level is left out where it is empty', () => {
  expect(
    read(
      '{"Image":"a","Runtime":null,"VolumesFrom":[],"maskedpath\u017F":[],"Sysctls":{},"Memory":0,"Init":false,"Cpuset":""}',
    ),
  ).toBe('{"Image":"a"}')
})

describe('folding', () => {
  test('joins two characters to ASCII besides the cases of its letters', () => {
    const joined: string[] = []
    for (let code = 0x80; code <= 0x10_ffff; code++) {
      const fold = foldName(String.fromCodePoint(code))
      if (/^[\0-\x7f]*$/.test(fold)) joined.push(`${code.toString(16)} ${fold}`)
    }
    expect(joined).toEqual(['17f s', '212a k'])
  })

  test('keeps the fields of every body apart', () => {
    const structs = (tree: unknown): string[][] =>
      typeof tree === 'object' && tree !== null
        ? [Object.keys(tree), ...Object.values(tree).flatMap(structs)]
        : []
    for (const names of [...requestFieldTrees.values()].flatMap(structs))
      expect(new Set(names.map(foldName)).size).toBe(names.length)
  })
})

test('an endpoint without fields has none', () => {
  expect(requestFields('GET /containers/json')).toBeUndefined()
  expect(requestFields('unknown')).toBeUndefined()
})

test('a field of HostConfig is none of the body itself', () => {
  const { HostConfig: inner, ...outer } = requestFieldTrees.get('POST /containers/create') as Record<
    string,
    object
  >
  expect(Object.keys(outer).filter((name) => Object.keys(inner as JsonObject).includes(name))).toEqual([])
})
