import { isPrivate } from './endpoints/private-endpoints.js'
import type { Recognition } from './endpoints/recognise.js'
import type { Stack } from './stack.js'

/** What is said of a call that no policy can judge, and of which policy it is said. */
export interface NotCovered {
  readonly status: number
  readonly message: string
  readonly policy: string
}

/**
 * Why a call is refused wherever a policy is stacked, since no rule covers what it may do: a path that is no endpoint of
 * the API, a version below 1.24, where old routes took bodies that no rule of today knows, and what no policy names of
 * these: a tunnel of gRPC calls, and private endpoints, which rules for Docker's own know nothing of.
 */
export function notCovered(
  { matches, outdated, path, version }: Recognition,
  stack: Stack,
  { method }: { readonly method: string },
): NotCovered | undefined {
  const { firstPolicy } = stack
  if (firstPolicy === undefined) return undefined
  const refusal = (status: number, message: string) => ({ status, message, policy: firstPolicy.name })
  if (matches.length === 0)
    return refusal(
      403,
      `${method} ${path} is no endpoint of the Docker API, and nothing else is let through here.`,
    )
  if (outdated)
    return refusal(
      400,
      `${method} ${path}: API version ${version} is too old to be let through here: use 1.24 or later.`,
    )
  const grpc = matches.find(({ endpoint }) => endpoint.key === 'POST /grpc')
  if (grpc !== undefined && !stack.admits(grpc.endpoint))
    return refusal(
      403,
      `${method} ${path} carries calls that nobody here can judge: a policy has to name it.`,
    )
  const unnamed = matches.find(({ endpoint }) => isPrivate(endpoint) && !stack.admits(endpoint))
  if (unnamed !== undefined)
    return refusal(
      403,
      `${method} ${path} is a private endpoint, which no rule here is for: a policy has to name "${unnamed.endpoint.key}".`,
    )
  return undefined
}
