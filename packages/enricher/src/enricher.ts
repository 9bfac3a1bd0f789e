import { apiVersion } from './api-version.js'
import { changeCalls } from './change-calls.js'
import { changeItems, changeReplies } from './change-replies.js'
import { environment } from './environment.js'
import { imageMirror } from './image-mirror.js'
import { labels } from './labels.js'
import { limits } from './limits.js'
import { network } from './network.js'

/** Layers that change calls before, or replies after, the engine sees them. */
export const enricher = Object.assign(changeCalls, {
  reply: changeReplies,
  items: changeItems,
  apiVersion,
  environment,
  imageMirror,
  labels,
  limits,
  network,
})
