// The table of packages/filter/README.md: what each policy does with each call of the API.

/** The policies, as `route-table-policies.ts` makes them. */
export const columns = [
  'unprivileged',
  'hostPaths',
  'namespaces',
  'capabilities',
  'devices',
  'securityOptions',
  'sysctls',
  'runtimes',
  'drivers',
  'images',
  'owner',
  'readOnly',
] as const
export type Column = (typeof columns)[number]

export interface Row {
  /** Patterns. A call is in the first row that one of them selects it for. */
  readonly calls: readonly string[]
  /** For each column: `✓` judged, `all` refused as a whole, `–` left alone, with the number of a reason. */
  readonly cells: readonly string[]
}

const row = (calls: readonly string[], cells: string): Row => ({ calls, cells: cells.split(' ') })

const judged = '✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ all'
const alone = '–⁶ –⁶ –⁶ –⁶ –⁶ –⁶ –⁶ –⁶ –⁶ –⁶'

export const rows: readonly Row[] = [
  row(['POST /containers/create'], judged),
  row(['POST /containers/:id/update'], judged),
  row(['POST /containers/:id/exec', 'POST /exec/:id/start'], judged),
  row(
    [
      'POST /containers/:id/start',
      'POST /containers/:id/restart',
      'POST /containers/:id/attach',
      'GET /containers/:id/attach/ws',
    ],
    judged,
  ),
  row(['* /containers/:id/archive', 'POST /containers/:id/copy'], judged),
  row(['POST /containers/:id/checkpoints'], judged),
  row(['DELETE /containers/:id/checkpoints/:checkpoint'], '✓ ✓ –¹ –¹ –¹ –¹ –¹ –¹ –¹ –¹ ✓ all'),
  row(['GET /containers/:id/checkpoints'], '✓ ✓ –¹ –¹ –¹ –¹ –¹ –¹ –¹ –¹ ✓ all'),
  row(['GET /containers/:id/top'], '✓ –¹ ✓ –¹ –¹ –¹ –¹ –¹ –¹ –¹ ✓ –⁷'),
  row(['POST /volumes/create', 'PUT /volumes/:name'], '✓ ✓ –¹ –¹ –¹ –¹ –¹ –¹ ✓ –¹ ✓ all'),
  row(['POST /networks/create'], '✓ –¹ ✓ –¹ –¹ –¹ –¹ –¹ ✓ –¹ ✓ all'),
  row(['POST /networks/:id/connect'], '✓ –¹ ✓ –¹ –¹ –¹ ✓ –¹ ✓ –¹ ✓ all'),
  row(['POST /services/create', 'POST /services/:id/update'], judged),
  row(['POST /secrets/create'], '✓ –¹ –¹ –¹ –¹ –¹ –¹ –¹ ✓ –¹ ✓ all'),
  row(['POST /plugins/pull', 'POST /plugins/:name/upgrade'], 'all all all all all all all –² –² ✓ all all'),
  row(
    [
      'POST /plugins/create',
      'POST /plugins/:name/set',
      'POST /plugins/:name/enable',
      'POST /plugins/:name/disable',
      'DELETE /plugins/:name',
    ],
    'all all all all all all all –² –² –³ all all',
  ),
  row(['POST /build'], judged),
  row(
    ['POST /images/create', 'POST /images/:name/tag', 'POST /images/:name/push', 'POST /commit'],
    '✓ –¹ –¹ –¹ –¹ –¹ –¹ –¹ –¹ ✓ ✓ all',
  ),
  row(['POST /images/load'], 'all –¹ –¹ –¹ –¹ –¹ –¹ –¹ –¹ all all all'),
  row(
    [
      'GET /swarm',
      'GET /swarm/unlockkey',
      'POST /swarm/*rest',
      'POST /nodes/:id/update',
      'DELETE /nodes/:id',
    ],
    'all –⁴ –⁴ –⁴ –⁴ –⁴ –⁴ –⁴ –⁴ –⁴ all all',
  ),
  row(['POST /grpc', 'unknown'], 'all all all all all all all all all all all all'),
  row(['POST /session'], '–⁵ –⁵ –⁵ –⁵ –⁵ –⁵ –⁵ –⁵ –⁵ –⁵ all all'),
  row(
    ['POST /build/*rest', 'POST /plugins/:name/push', 'GET /plugins/privileges', 'GET /debug/*rest'],
    `${alone} all all`,
  ),
  row(
    ['GET /plugins', 'GET /plugins/:name/json', 'GET /nodes', 'GET /nodes/:id', 'GET /system/df'],
    `${alone} all –⁷`,
  ),
  row(['GET /_ping', 'HEAD /_ping', 'GET /version'], `${alone} –⁸ –⁷`),
  row(['POST /auth', 'GET /images/search', 'GET /distribution/:name/json'], `${alone} –⁸ all`),
  row(['GET /containers/:id/export', 'GET /images/get', 'GET /images/:name/get'], `${alone} ✓ all`),
  row(['POST /containers/:id/wait', 'GET /*rest'], `${alone} ✓ –⁷`),
  row(['POST /*rest', 'DELETE /*rest'], `${alone} ✓ all`),
]

/** Why a call is left alone, by the numbers of the cells. */
export const reasons: Readonly<Record<string, string>> = {
  '¹': 'Nothing in the call can ask for it: a volume, a network, a secret, an image or the folder of a checkpoint gives a container none of it. A container that is made of them is judged in its own row.',
  '²': 'What a plugin is given of the host the other policies refuse. A driver or runtime that it brings has to be named to be used, and is judged there.',
  '³': 'No image is named. Who brings a plugin as an archive, or changes one, is refused by the other policies.',
  '⁴': 'It gives no container of this engine anything, and services are judged in their own row. `unprivileged` and `owner` refuse it, since its keys let machines in.',
  '⁵': 'The client’s own side of a build: its files and its credentials. What is built comes by `POST /build`, or by `POST /grpc`.',
  '⁶': 'It looks at what is there, ends, removes or renames it, or tells the engine texts to keep: no container gets more than it has, and nobody gets into one.',
  '⁷': 'To look is what `readOnly` lets be done; at whose things is for `owner`.',
  '⁸': 'It is about nobody’s things: the engine’s version, a registry, credentials.',
}
