import { enricher } from '@intermediate/enricher'
import { describe, expect, it } from 'vitest'
import { behind } from './behind.js'

const m = 1024 ** 2
const g = 1024 ** 3
const memory = enricher.limits({ memory: { default: '512m', max: '2g' } })
const cpus = enricher.limits({ cpus: { default: 1, max: 1.5 } })
const pids = enricher.limits({ pids: { default: 100, max: 500 } })

describe('limits of a new container', () => {
  const create = async (layer: typeof memory, HostConfig: unknown) => {
    await using to = await behind([layer])
    return ((await to.send('POST /containers/create', { HostConfig })).body as { HostConfig: unknown })
      .HostConfig
  }

  it.each([
    [undefined, { Memory: 512 * m }],
    [{ Memory: 0 }, { Memory: 512 * m }],
    [{ Memory: null }, { Memory: 512 * m }],
    [{ Memory: -1 }, { Memory: 2 * g }],
    [{ Memory: g }, { Memory: g }],
    [{ Memory: 4 * g }, { Memory: 2 * g }],
    [
      { Memory: 4 * g, MemorySwap: 5 * g },
      { Memory: 2 * g, MemorySwap: 3 * g },
    ],
    [
      { Memory: 4 * g, MemorySwap: 4 * g },
      { Memory: 2 * g, MemorySwap: 2 * g },
    ],
    [
      { Memory: 4 * g, MemorySwap: -1 },
      { Memory: 2 * g, MemorySwap: 4 * g },
    ],
    [
      { Memory: g, MemorySwap: 9 * g },
      { Memory: g, MemorySwap: 2 * g },
    ],
    [{ MemorySwap: -1 }, { Memory: 512 * m, MemorySwap: g }],
    [
      { Memory: 4 * g, MemoryReservation: 3 * g },
      { Memory: 2 * g, MemoryReservation: 2 * g },
    ],
    [{ Memory: '4g' }, { Memory: '4g' }],
    [[], []],
  ])('memory of %j is %j', async (asked, given) => expect(await create(memory, asked)).toEqual(given))

  it.each([
    [undefined, { NanoCpus: 1e9 }],
    [
      { NanoCpus: 0, CpuQuota: 0 },
      { NanoCpus: 1e9, CpuQuota: 0 },
    ],
    [{ NanoCpus: 4e9 }, { NanoCpus: 1.5e9 }],
    [{ NanoCpus: 5e8 }, { NanoCpus: 5e8 }],
    [
      { NanoCpus: 5e8, CpuQuota: -1 },
      { NanoCpus: 5e8, CpuQuota: 0 },
    ],
    [{ CpuQuota: -1 }, { CpuQuota: 150_000 }],
    [{ CpuQuota: 200_000 }, { CpuQuota: 150_000 }],
    [{ CpuQuota: 50_000 }, { CpuQuota: 50_000 }],
    [
      { CpuQuota: 50_000, CpuPeriod: 10_000 },
      { CpuQuota: 15_000, CpuPeriod: 10_000 },
    ],
    [{ CpuPeriod: 50_000 }, { CpuPeriod: 50_000, CpuQuota: 50_000 }],
    [
      { NanoCpus: 9e9, CpuPeriod: 1000 },
      { NanoCpus: 9e9, CpuPeriod: 1000 },
    ],
    [{ NanoCpus: [] }, { NanoCpus: [] }],
  ])('CPUs of %j are %j', async (asked, given) => expect(await create(cpus, asked)).toEqual(given))

  it('a quota is not smaller than the engine takes', async () => {
    const tenth = enricher.limits({ cpus: { max: 0.1 } })
    expect(await create(tenth, { CpuQuota: 5000, CpuPeriod: 1000 })).toEqual({
      CpuQuota: 10_000,
      CpuPeriod: 100_000,
    })
  })

  it.each([
    [undefined, { PidsLimit: 100 }],
    [{ PidsLimit: null }, { PidsLimit: 100 }],
    [{ PidsLimit: 0 }, { PidsLimit: 100 }],
    [{ PidsLimit: -1 }, { PidsLimit: 500 }],
    [{ PidsLimit: 7 }, { PidsLimit: 7 }],
    [{ PidsLimit: 9999 }, { PidsLimit: 500 }],
  ])('pids of %j are %j', async (asked, given) => expect(await create(pids, asked)).toEqual(given))

  it('a ceiling alone is the default too, and a default alone leaves who asks for more', async () => {
    const max = enricher.limits({ memory: { max: g }, pids: { max: 9 } })
    expect(await create(max, {})).toEqual({ Memory: g, PidsLimit: 9 })
    const first = enricher.limits({ memory: { default: g }, cpus: { default: 1 }, pids: { default: 9 } })
    const asked = { Memory: 8 * g, MemorySwap: -1, CpuQuota: -1, PidsLimit: -1 }
    expect(await create(first, asked)).toEqual(asked)
    expect(await create(first, {})).toEqual({ Memory: g, NanoCpus: 1e9, PidsLimit: 9 })
  })
})

describe('limits of an update', () => {
  const layer = enricher.limits({
    memory: { default: '512m', max: '2g' },
    cpus: { default: 1, max: 1.5 },
    pids: { default: 100, max: 500 },
  })
  const update = async (HostConfig: object, body: unknown) => {
    await using to = await behind([layer], (line) =>
      line.startsWith('GET') ? { Id: 'f00d', HostConfig } : {},
    )
    const sent = await to.send('POST /containers/web/update', body)
    return { body: sent.body, lines: to.lines() }
  }

  it.each([
    ['what it does not name stays', {}, { CpuShares: 5 }, { CpuShares: 5 }],
    ['0 stays', {}, { Memory: 0, NanoCpus: 0, PidsLimit: null }, { Memory: 0, NanoCpus: 0, PidsLimit: null }],
    ['0 pids are no limit', {}, { PidsLimit: 0 }, { PidsLimit: 500 }],
    ['so are -1', {}, { PidsLimit: -1 }, { PidsLimit: 500 }],
    ['memory', {}, { Memory: 8 * g, MemorySwap: -1 }, { Memory: 2 * g, MemorySwap: 4 * g }],
    ['unlimited swap', { Memory: g, MemorySwap: 2 * g }, { MemorySwap: -1 }, { MemorySwap: 2 * g }],
    ['CPUs', { NanoCpus: 1e9 }, { NanoCpus: 9e9 }, { NanoCpus: 1.5e9 }],
    ['a quota that lifts CPUs', { NanoCpus: 1e9 }, { CpuQuota: -1 }, { CpuQuota: 0 }],
    [
      'a shorter period',
      { CpuQuota: 50_000 },
      { CpuPeriod: 10_000 },
      { CpuPeriod: 10_000, CpuQuota: 15_000 },
    ],
    ['a quota of a short period', { CpuPeriod: 10_000 }, { CpuQuota: 50_000 }, { CpuQuota: 15_000 }],
    ['a container without limits keeps none', {}, { CpuPeriod: 10_000 }, { CpuPeriod: 10_000 }],
    ['what is no number', {}, { Memory: 'x', PidsLimit: [] }, { Memory: 'x', PidsLimit: [] }],
  ])('%s', async (_, has, asked, given) => expect((await update(has, asked)).body).toEqual(given))

  it('goes to the container that was looked at, and looks only where it has to', async () => {
    expect((await update({}, { Memory: g })).lines).toEqual([
      'GET /containers/web/json',
      'POST /containers/f00d/update',
    ])
    expect((await update({}, { RestartPolicy: { Name: 'no' } })).lines).toEqual([
      'POST /containers/web/update',
    ])
  })

  it('holds where the container cannot be looked at', async () => {
    await using to = await behind([layer], () => undefined)
    expect((await to.send('POST /containers/web/update', { Memory: 8 * g })).body).toEqual({ Memory: 2 * g })
  })
})

describe('limits of services and builds', () => {
  const layer = enricher.limits({
    memory: { default: '512m', max: '2g' },
    cpus: { max: 1.5 },
    pids: { max: 500 },
  })

  it.each([
    [undefined, { Limits: { MemoryBytes: 512 * m, NanoCPUs: 1.5e9, Pids: 500 } }],
    [
      { Limits: { MemoryBytes: 0, NanoCPUs: 4e9, Pids: -1 } },
      { Limits: { MemoryBytes: 512 * m, NanoCPUs: 1.5e9, Pids: 500 } },
    ],
    [
      {
        Limits: { MemoryBytes: 4 * g, NanoCPUs: 1e9, Pids: 5 },
        Reservations: { MemoryBytes: 3 * g, NanoCPUs: 5e8 },
        SwapBytes: -1,
      },
      {
        Limits: { MemoryBytes: 2 * g, NanoCPUs: 1e9, Pids: 5 },
        Reservations: { MemoryBytes: 2 * g, NanoCPUs: 5e8 },
        SwapBytes: 2 * g,
      },
    ],
    [{ Limits: 'none' }, { Limits: 'none' }],
  ])('resources of %j are %j', async (Resources, given) => {
    await using to = await behind([layer])
    for (const line of ['POST /services/create', 'POST /services/web/update'])
      expect((await to.send(line, { TaskTemplate: { Resources } })).body).toEqual({
        TaskTemplate: { Resources: given },
      })
  })

  it.each([
    ['', { memory: 512 * m, cpuquota: 150_000 }],
    ['memory=0&cpuquota=0', { memory: 512 * m, cpuquota: 150_000 }],
    ['memory=-1&cpuquota=-1', { memory: 2 * g, cpuquota: 150_000 }],
    ['memory=9e9&cpuquota=0x0', { memory: 512 * m, cpuquota: 150_000 }],
    [
      'memory=%2B1073741824&memswap=-1&cpuquota=1000',
      { memory: '+1073741824', memswap: 2 * g, cpuquota: 1000 },
    ],
    [
      'memory=99999999999999999999&cpuquota=50000&cpuperiod=10000',
      {
        memory: 512 * m,
        cpuquota: 15_000,
        cpuperiod: 10_000,
      },
    ],
  ])('a build with %s', async (query, given) => {
    await using to = await behind([layer])
    const sent = await to.send(`POST /build?${query}`)
    expect(Object.fromEntries(sent.query)).toEqual(
      Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    )
  })
})

it.each([
  [{}, 'enricher.limits() was given no limit: give it memory, cpus or pids.'],
  [{ memory: {} }, 'The limit of memory says nothing: give it a default, a max, or both.'],
  [
    { memory: { max: '1m' } },
    '"1m" is no limit of memory: give bytes, or text such as "512m", of at least 6 MiB.',
  ],
  [{ memory: { max: '2 apples' } }, '"2 apples" is no limit of memory'],
  [{ cpus: { max: 0 } }, '0 is no limit of cpus: give a number of at least 0.01.'],
  [{ pids: { default: 1.5 } }, '1.5 is no limit of pids: give a whole number above 0.'],
  [{ pids: { default: 9, max: 5 } }, 'The default of pids is above its max: give it one of at most 5.'],
  [
    { swap: { max: 5 } },
    'enricher.limits() was given the option swap, which does not exist: there are memory, cpus and pids.',
  ],
  [
    { pids: { most: 5 } },
    'enricher.limits() was given the option most, which does not exist: there are default and max.',
  ],
])('limits of %j are an error at start', (options, message) => {
  expect(() => enricher.limits(options as never)).toThrow(message)
})

it.each([
  ['6291456', 6 * m],
  ['6m', 6 * m],
  ['0.5g', 512 * m],
  ['1GiB', g],
  ['1 TB', 1024 * g],
  ['8192kb', 8 * m],
])('%s of memory are %i bytes', async (max, bytes) => {
  await using to = await behind([enricher.limits({ memory: { max } })])
  expect((await to.send('POST /containers/create', {})).body).toEqual({ HostConfig: { Memory: bytes } })
})
