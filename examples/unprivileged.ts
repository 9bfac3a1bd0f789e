// No container is privileged, or comes by the host in another way: its folders, devices, namespaces, capabilities.
import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'

// What they may have nevertheless, such as '/srv/data' (with what is in it), and 'NET_ADMIN'.
export default intermediate().use(filter.unprivileged({ hostPaths: [], capabilities: [] }))
