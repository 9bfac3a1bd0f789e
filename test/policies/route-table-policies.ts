import type { Layer } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import type { Column } from './route-table.js'

const images = { allow: ['busybox', 'mine'], made: ['ci/*'] }

/** Those of the table, with options that allow what its harmless calls ask for. */
export const policies: Readonly<Record<Column, Layer>> = {
  unprivileged: filter.unprivileged({ images }),
  hostPaths: filter.hostPaths(),
  namespaces: filter.namespaces(),
  capabilities: filter.capabilities(),
  devices: filter.devices(),
  securityOptions: filter.securityOptions(),
  sysctls: filter.sysctls(),
  runtimes: filter.runtimes(),
  drivers: filter.drivers(),
  images: filter.images(images),
  owner: filter.owner('mine'),
  readOnly: filter.readOnly(),
}
