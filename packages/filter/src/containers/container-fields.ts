import type { Item } from './ask.js'
import type { Fields } from './fields.js'
import { flag, harmless, isEmpty, struct, unreadable } from './fields.js'
import { hostConfigFields } from './host-config-fields.js'
import { endpointsByNetwork } from './networks.js'
import { everything } from './security-fields.js'

/** What a container runs, as in the body of `commit` too: none of it reaches the host. */
export const config: Fields = {
  ArgsEscaped: harmless,
  AttachStderr: harmless,
  AttachStdin: harmless,
  AttachStdout: harmless,
  Cmd: harmless,
  Domainname: harmless,
  Entrypoint: harmless,
  Env: harmless,
  ExposedPorts: harmless,
  Healthcheck: harmless,
  Hostname: harmless,
  Image: harmless,
  Labels: harmless,
  MacAddress: harmless,
  NetworkDisabled: harmless,
  OnBuild: harmless,
  OpenStdin: harmless,
  Shell: harmless,
  StdinOnce: harmless,
  StopSignal: harmless,
  StopTimeout: harmless,
  Tty: harmless,
  User: harmless,
  // Anonymous volumes; which driver they have is in the HostConfig.
  Volumes: harmless,
  WorkingDir: harmless,
}

/** The body of `POST /containers/create`. What clients put beside these fields (dockerode: `name`) no engine reads. */
export const createFields = struct(
  {
    ...config,
    HostConfig: hostConfigFields,
    NetworkingConfig: struct({ EndpointsConfig: endpointsByNetwork }),
  },
  { open: true, more: ({ Image }) => image(Image) },
)

/** The image that is run. */
export function image(name: unknown): readonly Item[] {
  if (isEmpty(name)) return [{ topic: 'image', name: '', what: 'a container without an image' }]
  return typeof name === 'string'
    ? [{ topic: 'image', name, what: `the image ${name}` }]
    : [unreadable('Image')]
}

/** The body of `POST /commit`. */
export const commitFields = struct(config, { open: true })

/** The body of `POST /containers/:id/exec`. */
export const execFields = struct({
  // Older clients repeat the id of the path.
  Container: harmless,
  AttachStderr: harmless,
  AttachStdin: harmless,
  AttachStdout: harmless,
  Cmd: harmless,
  ConsoleSize: harmless,
  Detach: harmless,
  DetachKeys: harmless,
  Env: harmless,
  Privileged: flag(() => [everything('privileged mode of an exec')]),
  Tty: harmless,
  User: harmless,
  WorkingDir: harmless,
})

/** The body of `POST /exec/:id/start`. */
export const execStartFields = struct(
  { Detach: harmless, Tty: harmless, ConsoleSize: harmless },
  { open: true },
)
