import { chooseUpstream } from './choose-upstream.js'
import { byClient, byContainer, byEndpoint, byImage, byLabel } from './choosers.js'
import { engines } from './engines/engines.js'
import { detour } from './detour.js'
import { fallback } from './fallback.js'
import { recipientList } from './recipient-list.js'

/** Layers that choose where calls go. */
export const router = Object.assign(chooseUpstream, {
  byClient,
  byContainer,
  byEndpoint,
  byImage,
  byLabel,
  detour,
  engines,
  fallback,
  recipientList,
})
