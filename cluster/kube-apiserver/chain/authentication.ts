/**
 * Who asks: the first question of the handler chain.
 *
 * What we model: the subject of the client certificate is believed; a bearer token is looked up in the file of tokens, then
 * among those of service accounts and those for bootstrapping, and one that is nobody's ends the request; who shows nothing is
 * `system:anonymous`. Everybody who was recognised is of the group `system:authenticated`.
 * What we leave out: OpenID Connect, webhooks; certificates that have expired or that another authority has signed.
 * Where to read upstream: apiserver `pkg/endpoints/filters/authentication.go`, `pkg/authentication/request/{union,anonymous,x509}`,
 * `pkg/authentication/token/tokenfile`; kubernetes/kubernetes `pkg/kubeapiserver/authenticator/config.go`.
 */
import type { HttpRequest, UserInfo } from '#cluster/api/http.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { State } from '../state.ts'
import { bootstrapper } from '../tokens/bootstrap-tokens.ts'
import { isJwt } from '../tokens/jwt.ts'
import { verifyLegacy } from '../tokens/legacy-tokens.ts'
import { verify } from '../tokens/service-account-tokens.ts'

const ANONYMOUS: UserInfo = Object.freeze({ name: 'system:anonymous', groups: ['system:unauthenticated'] })
const AUTHENTICATED = 'system:authenticated'
const BEARER = 'Bearer '
const INVALID = 'invalid bearer token'

export type Knows = Pick<State, 'options' | 'caches'>

/** Undefined: it has shown something, and that proves nothing. */
export function authenticate(state: Knows, request: HttpRequest, now: Micros): UserInfo | undefined {
  if (request.user) return authenticated(request.user)
  const header = request.headers?.['authorization']
  if (header === undefined || !header.startsWith(BEARER)) return ANONYMOUS
  const owner = ownerOf(state, header.slice(BEARER.length), now, [state.options.serviceAccountIssuer])
  return 'user' in owner ? owner.user : undefined
}

export type Owner =
  /** For which of the audiences that were asked for it is meant. */
  | { readonly user: UserInfo; readonly audiences: readonly string[] }
  /** Nobody, and why. */
  | { readonly error: string }

/** Whose token that is. @param audiences whom it may be meant for; one of them will do */
export function ownerOf(state: Knows, token: string, now: Micros, audiences: readonly string[]): Owner {
  const { tokens } = state.options
  if (Object.hasOwn(tokens, token)) return { user: authenticated(tokens[token]!), audiences }
  const found = isJwt(token) ? verify(state, token, now) : undefined
  if (typeof found === 'string') return { error: `[${INVALID}, ${found}]` }
  if (found) {
    const common = audiences.filter((audience) => found.audiences.includes(audience))
    if (common.length > 0) return { user: authenticated(found.user), audiences: common }
    const [has, wants] = [found.audiences, audiences].map((list) => JSON.stringify(list).replaceAll(',', ' '))
    return { error: `[${INVALID}, token audiences ${has} is invalid for the target audiences ${wants}]` }
  }
  // These say nothing of whom they are for.
  const legacy = isJwt(token) ? verifyLegacy(state, token) : undefined
  if (typeof legacy === 'string') return { error: `[${INVALID}, ${legacy}]` }
  if (legacy) return { user: authenticated(legacy.user), audiences }
  const joining = bootstrapper(state, token, now)
  return joining ? { user: authenticated(joining), audiences } : { error: INVALID }
}

const authenticated = (user: UserInfo): UserInfo =>
  user.groups.includes(AUTHENTICATED) ? user : { ...user, groups: [...user.groups, AUTHENTICATED] }
