import fc from 'fast-check'

const amounts = [-1, 0, 7, 1000, 50_000, 5e8, 2e9, 3 * 2 ** 30, 2 ** 53 - 1, 0.5]

/** A call that an enricher may change, with a body that may be odd anywhere in it. */
export interface AnyCall {
  readonly line: string
  readonly body: unknown
}

export const anyCall: fc.Arbitrary<AnyCall> = fc.oneof(
  fc.record({
    line: fc.constantFrom('POST /containers/create', 'POST /v1.45/containers/create?name=web'),
    body: container(),
  }),
  fc.record({ line: fc.constant('POST /v1.30/containers/web/update'), body: resources() }),
  fc.record({
    line: fc.constantFrom('POST /services/create', 'POST /services/web/update?version=1'),
    body: service(),
  }),
  fc.record({
    line: fc.constantFrom(
      'POST /volumes/create',
      'POST /networks/create',
      'POST /secrets/create',
      'POST /configs/create',
      'POST /configs/c/update?version=1',
    ),
    body: some({ Name: fc.constant('x'), Labels: labels() }),
  }),
  query('POST /build', {
    labels: labels().map((value) => JSON.stringify(value)),
    memory: numeral(),
    memswap: numeral(),
    cpuquota: numeral(),
    cpuperiod: numeral(),
    networkmode: fc.constantFrom('', 'default', 'host', 'apps'),
    cachefrom: fc.oneof(fc.array(image()), odd()).map((value) => JSON.stringify(value)),
    version: fc.constantFrom('1', '2'),
  }),
  query('POST /commit', {
    container: fc.constantFrom('web', '/web', '../x', ''),
    changes: fc.constantFrom('CMD a', 'LABEL team=x \\', '# escape=`\nCMD b `', '\n', 'LABEL "team"="core"'),
  }),
  query('POST /images/create', {
    fromImage: image(),
    fromSrc: fc.constantFrom('-', ''),
    changes: fc.constantFrom('CMD a', '#', ''),
  }),
  fc.record({
    line: image().map((name) => `GET /images/${encodeURIComponent(name || 'x')}/json`),
    body: fc.constant(undefined),
  }),
  fc.record({
    line: image().map((name) => `GET /v1.99/distribution/${encodeURIComponent(name || 'x')}/json`),
    body: fc.constant(undefined),
  }),
)

function container(): fc.Arbitrary<unknown> {
  const endpoints = fc.dictionary(
    fc.constantFrom('default', 'apps', 'other'),
    some({ Links: fc.constant(['a:b']) }),
  )
  return some({
    Image: fc.oneof(image(), odd()),
    Env: env(),
    Labels: labels(),
    NetworkDisabled: fc.constantFrom(true, false, null),
    NetworkingConfig: some({ EndpointsConfig: fc.oneof(endpoints, odd()) }),
    HostConfig: resources({
      NetworkMode: fc.oneof(fc.constantFrom('', 'default', 'host', 'apps'), odd()),
      Links: fc.oneof(fc.constant(['db:db']), odd()),
      Mounts: mounts(),
    }),
  })
}

function service(): fc.Arbitrary<unknown> {
  const limits = some({ MemoryBytes: amount(), NanoCPUs: amount(), Pids: amount() })
  return some({
    Labels: labels(),
    Networks: fc.oneof(fc.constant([{ Target: 'other' }]), odd()),
    TaskTemplate: some({
      ContainerSpec: some({
        Image: fc.oneof(image(), odd()),
        Env: env(),
        Labels: labels(),
        Mounts: mounts(),
      }),
      Networks: fc.oneof(fc.constant([{ Target: 'other' }]), odd()),
      Resources: some({ Limits: limits, Reservations: limits, SwapBytes: amount() }),
    }),
  })
}

function resources(more: Record<string, fc.Arbitrary<unknown>> = {}): fc.Arbitrary<unknown> {
  return some({
    Memory: amount(),
    MemorySwap: amount(),
    MemoryReservation: amount(),
    NanoCpus: amount(),
    CpuQuota: amount(),
    CpuPeriod: amount(),
    PidsLimit: amount(),
    ...more,
  })
}

function mounts(): fc.Arbitrary<unknown> {
  const mount = some({
    Type: fc.constantFrom('volume', 'bind', 'tmpfs'),
    VolumeOptions: some({ Labels: labels() }),
  })
  return fc.oneof(fc.array(mount, { maxLength: 3 }), odd())
}

function labels(): fc.Arbitrary<unknown> {
  const value = fc.oneof(fc.constantFrom('core', 'other', ''), odd())
  return fc.oneof(fc.dictionary(fc.constantFrom('team', 'a', '__proto__'), value), odd())
}

function env(): fc.Arbitrary<unknown> {
  const entry = fc.oneof(fc.constantFrom('A=1', 'A', 'A=2', 'B=1', '=', ''), odd())
  return fc.oneof(fc.array(entry, { maxLength: 5 }), odd())
}

function image(): fc.Arbitrary<string> {
  return fc.constantFrom(
    'busybox',
    'local/app',
    'mirror.local/hub/a',
    'docker.io/x',
    'A//b',
    '..',
    '',
    'q.io/x:1',
  )
}

function amount(): fc.Arbitrary<unknown> {
  return fc.oneof(fc.constantFrom(...amounts), fc.constantFrom(...amounts), odd())
}

function numeral(): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...amounts.map(String)), fc.constantFrom('', 'x', '1e9', '+5', '0x10'))
}

/** What no engine expects there. */
function odd(): fc.Arbitrary<unknown> {
  return fc.constantFrom<unknown>(null, 0, true, 'x', '', [], {}, [null], [{}], { a: null }, [['x']])
}

/** Some of these fields, or something else altogether. */
function some(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const object = fc.record(fields, { requiredKeys: [] })
  return fc.oneof({ weight: 9, arbitrary: object }, odd())
}

function query(path: string, names: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<AnyCall> {
  return fc.record(names, { requiredKeys: [] }).map((values) => ({
    line: `${path}?${String(new URLSearchParams(Object.entries(values) as [string, string][]))}`,
    body: undefined,
  }))
}
