import { isIPv4, isIPv6 } from 'node:net'

/**
 * Why a call over TCP looks like the work of a page in a browser, as a sentence; undefined if it does not.
 *
 * A page can send calls to whatever its visitor can reach, but not without telling: its own origin goes along
 * (`Origin` with anything but a plain GET, `Sec-Fetch-Site` otherwise), or, where the page has its own name
 * resolve to our address (DNS rebinding), that name as Host. Rebinding needs a name that the attacker owns, so
 * addresses, localhost (RFC 6761, section 6.3: never looked up elsewhere) and single labels are safe.
 *
 * @param hosts further names, in lower case without a final dot; `*.example.com` stands for one label
 */
export function foreignOrigin(
  call: { host: string | undefined; origin: boolean; fetchSite: string | undefined },
  hosts: ReadonlySet<string>,
): string | undefined {
  if (call.origin) {
    return 'This call has an Origin, as a web page sends it: use a docker client, or listen on a unix socket.'
  }
  if (call.fetchSite !== undefined && /cross-site/i.test(call.fetchSite)) {
    return 'This call was made by a web page of another site: use a docker client, or listen on a unix socket.'
  }
  if (call.host === undefined || call.host === '') return undefined
  return foreignHost(call.host, hosts)
}

function foreignHost(host: string, hosts: ReadonlySet<string>): string | undefined {
  // RFC 3986, section 3.2: no user information in a Host; the port may be empty.
  const { literal, name = '' } =
    /^(?:\[(?<literal>[^[\]]+)\]|(?<name>[^:[\]]+))(?::\d{0,5})?$/.exec(host)?.groups ?? {}
  if (literal !== undefined && isIPv6(literal)) return undefined
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(name)) {
    return `The Host ${JSON.stringify(host)} is not a host name or an address: use the address that is listened on.`
  }
  const absolute = name.endsWith('.')
  const bare = name.toLowerCase().replace(/\.$/, '')
  const labels = bare.split('.')
  if (isIPv4(name) || labels.at(-1) === 'localhost' || isConfigured(labels, hosts)) return undefined
  // A final dot makes even a single label a public name.
  if (labels.length === 1 && !absolute) return undefined
  return `The Host "${name}" is not a name of this intermediate: add it to its hosts, or use its IP address.`
}

function isConfigured(labels: readonly string[], hosts: ReadonlySet<string>): boolean {
  return hosts.has(labels.join('.')) || hosts.has(['*', ...labels.slice(1)].join('.'))
}
