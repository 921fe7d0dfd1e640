/**
 * Tokens of ServiceAccounts, as the API server of a world would make them: what a program that was given one holds in its hands.
 * It asks nobody; a check that wants the way to the token as well sends a TokenRequest.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { State } from '#cluster/kube-apiserver/state.ts'
import { issue } from '#cluster/kube-apiserver/tokens/service-account-tokens.ts'
import { objectOf } from '#cluster/scenarios/look.ts'
import { API_SERVER } from './api-world.ts'

export interface TokenWish {
  readonly namespace: string
  readonly account: string
  /** The name of the Pod that it is bound to. */
  readonly pod?: string
  /** Default: the API server. */
  readonly audiences?: readonly string[]
  /** Default: an hour. */
  readonly seconds?: number
}

/** Undefined: there is no such account, or no such Pod. The cluster needs the full chain. */
export function mintedToken(world: World, wish: TokenWish): string | undefined {
  const { namespace, account: name, pod, audiences, seconds = 3600 } = wish
  const { options } = world.stateOf<State>(API_SERVER)
  const find = (kind: string, of: string) => objectOf<KubernetesObject>(world, kind, `${namespace}/${of}`)
  const account = find('serviceaccounts', name)
  const bound = pod === undefined ? undefined : find('pods', pod)
  if (!account || (pod !== undefined && !bound)) return undefined
  const about = { account, bound, node: undefined, audiences: audiences ?? [options.serviceAccountIssuer], seconds }
  return issue({ options }, { ...about, id: `${name}-${pod ?? ''}` }, world.wallClock('cp-1'))
}
