import fc from 'fast-check'

/** The text of a body that the engine can use, its names written in every way that Go takes for them. */
export function anyCreateBody(): fc.Arbitrary<string> {
  const flag = fc.constantFrom('true', 'false', 'null')
  const text = fc.string({ unit: 'grapheme', maxLength: 8 }).map((value) => JSON.stringify(value))
  const number = fc.oneof(
    fc.constantFrom('0', '67108864', '1e8', '67108864.0', '9007199254740993'),
    fc.nat().map(String),
  )
  return struct(
    {
      Image: fc.constant('"busybox:latest"'),
      Tty: flag,
      Env: list(fc.constantFrom('"A=b"', '"A=\\u0063"')),
      Cmd: fc.oneof(text, list(text)),
      Labels: map(text, text),
      StopTimeout: number,
      ExposedPorts: map(fc.constantFrom('"80/tcp"', '"53/udp"'), fc.constant('{}')),
      Healthcheck: struct({ Test: fc.constant('["NONE"]'), Retries: number }),
      HostConfig: struct({
        Privileged: flag,
        PidMode: fc.constantFrom('"host"', '""'),
        Binds: fc.constantFrom('["/tmp:/x"]', '["/tmp:/x","/:/y"]', '[]', 'null'),
        Memory: number,
        ShmSize: number,
        OomScoreAdj: number,
        LogConfig: struct({
          Type: fc.constant('"json-file"'),
          Config: map(fc.constant('"max-size"'), fc.constant('"1m"')),
        }),
        RestartPolicy: struct({ Name: fc.constantFrom('"no"', '"on-failure"'), MaximumRetryCount: number }),
        Ulimits: list(struct({ Name: fc.constant('"nofile"'), Soft: fc.constant('9'), Hard: number })),
        Mounts: list(
          struct({
            Type: fc.constant('"tmpfs"'),
            Target: fc.constantFrom('"/a"', '"/b"'),
            TmpfsOptions: struct({ SizeBytes: number }),
          }),
        ),
        PortBindings: map(
          fc.constantFrom('"80/tcp"', '"53/udp"'),
          list(struct({ HostIp: fc.constant('"127.0.0.1"'), HostPort: fc.constant('"0"') })),
        ),
      }),
    },
    ['Image'],
  )
}

function struct(
  fields: Readonly<Record<string, fc.Arbitrary<string>>>,
  always: readonly string[] = [],
): fc.Arbitrary<string> {
  return fc
    .subarray(Object.keys(fields))
    .chain((some) =>
      fc.tuple(
        ...[...new Set([...always, ...some])].map((field) =>
          fc.tuple(spelling(field), fields[field] as fc.Arbitrary<string>),
        ),
      ),
    )
    .map((members) => `{${members.map((member) => member.join(':')).join()}}`)
}

function map(keys: fc.Arbitrary<string>, values: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.tuple(keys, values), { maxLength: 3, selector: ([key]) => key })
    .map((members) => `{${members.map((member) => member.join(':')).join()}}`)
}

function list(items: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(items, { maxLength: 3 }).map((texts) => `[${texts.join()}]`)
}

function spelling(field: string): fc.Arbitrary<string> {
  const letters = Array.from(field, (letter) =>
    fc.constantFrom(
      ...[letter, letter, letter.toLowerCase(), letter.toUpperCase()],
      `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
      { s: '\u017F', k: '\u212A' }[letter.toLowerCase()] ?? letter,
    ),
  )
  return fc.tuple(...letters).map((parts) => `"${parts.join('')}"`)
}
