// What an engine has many of, in blocks that are sent again and again: the same here and where it is received.
import { chunkOf } from './chunks.js'

const perBlock = 1000
const id = (index) => (index + 1).toString(16).padStart(8, '0').repeat(8)
const isOurs = (index) => index % 10 !== 0

/** As `GET /containers/json` has it; nine of ten have the label `team`. About 1.1 KB. */
function container(index) {
  return {
    Id: id(index),
    Names: [`/shop-web-${index}`],
    Image: 'registry.example.com/shop/web:1.27.3-alpine',
    ImageID: `sha256:${id(index * 7)}`,
    Command: "/docker-entrypoint.sh nginx -g 'daemon off;'",
    Created: 1732000000 + index,
    Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 30000 + index, Type: 'tcp' }],
    Labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'web',
      'com.docker.compose.container-number': String(index),
      maintainer: 'NGINX Docker Maintainers <docker-maint@nginx.com>',
      ...(isOurs(index) && { team: 'core' }),
    },
    State: 'running',
    Status: 'Up 3 hours (healthy)',
    HostConfig: { NetworkMode: 'shop_default' },
    NetworkSettings: {
      Networks: {
        shop_default: {
          IPAMConfig: null,
          Links: null,
          Aliases: null,
          MacAddress: '02:42:ac:12:00:02',
          DriverOpts: null,
          NetworkID: id(1),
          EndpointID: id(index * 3),
          Gateway: '172.18.0.1',
          IPAddress: '172.18.0.2',
          IPPrefixLen: 16,
          IPv6Gateway: '',
          GlobalIPv6Address: '',
          GlobalIPv6PrefixLen: 0,
          DNSNames: null,
        },
      },
    },
    Mounts: [],
  }
}

/** As `GET /events` has it; nine of ten have the label `team`. */
function event(index) {
  const name = `shop-web-${index}`
  const Attributes = { image: 'shop/web:1.27.3', name, ...(isOurs(index) && { team: 'core' }) }
  return {
    status: 'start',
    id: id(index),
    from: 'shop/web:1.27.3',
    Type: 'container',
    Action: 'start',
    Actor: { ID: id(index), Attributes },
    scope: 'local',
    time: 1732000000 + index,
    // Past 2 ** 53, so that it is read as a bigint.
    timeNano: `@${1732000000 + index}123456789@`,
  }
}

const text = (value) => JSON.stringify(value).replaceAll(/"@|@"/g, '')
const indices = Array.from({ length: perBlock }, (_, index) => index)
const bytesOf = (values) => values.reduce((sum, value) => sum + Buffer.byteLength(value), 0)

/** A list of so many thousand containers, in chunks of 32 KiB as the engine sends a long document. */
export const containers = {
  *blocks(thousands) {
    const list = Buffer.from(indices.map((index) => text(container(index))).join(','))
    const first = inChunks(list)
    const next = inChunks(Buffer.concat([Buffer.from(','), list]))
    yield chunkOf(Buffer.from('['))
    for (let block = 0; block < thousands; block++) yield block === 0 ? first : next
    yield chunkOf(Buffer.from(']\n'))
  },
  /** Of the content. */
  length: (thousands, isFiltered) => {
    const kept = indices
      .filter((index) => !isFiltered || isOurs(index))
      .map((index) => text(container(index)))
    // Each has a comma or a bracket behind it, and there is another bracket and the end of the line.
    return thousands * (bytesOf(kept) + kept.length) + 2
  },
}

/** So many thousand events, each in a chunk of its own, as the engine sends them. */
export const events = {
  *blocks(thousands) {
    const block = Buffer.concat(indices.map((index) => chunkOf(Buffer.from(`${text(event(index))}\n`))))
    for (let sent = 0; sent < thousands; sent++) yield block
  },
  length: (thousands, isFiltered) => {
    const kept = indices.filter((index) => !isFiltered || isOurs(index)).map((index) => text(event(index)))
    return thousands * (bytesOf(kept) + kept.length)
  },
}

function inChunks(bytes) {
  const size = 32 * 1024
  const count = Math.ceil(bytes.length / size)
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => chunkOf(bytes.subarray(index * size, (index + 1) * size))),
  )
}
