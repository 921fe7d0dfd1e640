/**
 * Who asks: the first question of the handler chain.
 *
 * What we model: a bearer token is looked up in the file of tokens, and one that is not there ends the request; else the
 * subject of the client certificate is believed; who shows neither is `system:anonymous`. Everybody who was recognised is
 * of the group `system:authenticated`.
 * What we leave out: tokens of service accounts and of OpenID Connect, webhooks, impersonation; certificates that have
 * expired or that another authority has signed.
 * Where to read upstream: apiserver `pkg/endpoints/filters/authentication.go`, `pkg/authentication/request/{union,anonymous,x509}`,
 * `pkg/authentication/token/tokenfile`.
 */
import type { HttpRequest, UserInfo } from '#cluster/api/http.ts'

const ANONYMOUS: UserInfo = Object.freeze({ name: 'system:anonymous', groups: ['system:unauthenticated'] })
const AUTHENTICATED = 'system:authenticated'
const BEARER = 'Bearer '

/** Undefined: it has shown something, and that proves nothing. */
export function authenticate(tokens: Readonly<Record<string, UserInfo>>, request: HttpRequest): UserInfo | undefined {
  if (request.user) return authenticated(request.user)
  const header = request.headers?.['authorization']
  if (header === undefined || !header.startsWith(BEARER)) return ANONYMOUS
  const token = header.slice(BEARER.length)
  return Object.hasOwn(tokens, token) ? authenticated(tokens[token]!) : undefined
}

const authenticated = (user: UserInfo): UserInfo =>
  user.groups.includes(AUTHENTICATED) ? user : { ...user, groups: [...user.groups, AUTHENTICATED] }
