import { capabilities } from './containers/capabilities.js'
import { devices } from './containers/devices.js'
import { drivers } from './containers/drivers.js'
import { hostPaths } from './containers/host-paths.js'
import { images } from './containers/images.js'
import { namespaces } from './containers/namespaces.js'
import { runtimes } from './containers/runtimes.js'
import { securityOptions } from './containers/security-options.js'
import { sysctls } from './containers/sysctls.js'
import { unprivileged } from './containers/unprivileged.js'
import { allow, deny } from './allow.js'
import { dryRun } from './dry-run.js'
import { judgeCalls } from './judge-calls.js'
import { keepItems } from './keep-items.js'
import { owner } from './owner/owner.js'
import { readOnly } from './read-only.js'

/** Layers that answer instead of the engine, or leave out what is not to be seen. */
export const filter = Object.assign(judgeCalls, {
  items: keepItems,
  allow,
  deny,
  readOnly,
  owner,
  dryRun,
  capabilities,
  devices,
  drivers,
  hostPaths,
  images,
  namespaces,
  runtimes,
  securityOptions,
  sysctls,
  unprivileged,
})
