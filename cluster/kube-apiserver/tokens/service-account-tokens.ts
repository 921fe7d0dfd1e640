/**
 * Tokens of service accounts: what they claim, and whether that still holds.
 *
 * A token is good until it expires, and only as long as the account is there, and the Pod, Secret or Node that it is bound to.
 * What we leave out: the year by which upstream extends the tokens that Pods are given, so that old clients go on working.
 * Where to read upstream: kubernetes/kubernetes `pkg/serviceaccount/{claims,util}.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import { parseTime } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { State } from '../state.ts'
import { readSignedToken, readToken, signToken, signTokenWith } from './jwt.ts'

interface Reference {
  readonly name: string
  readonly uid: string
}

interface PrivateClaims {
  readonly namespace: string
  readonly serviceaccount: Reference
  readonly pod?: Reference
  readonly secret?: Reference
  readonly node?: Reference
}

export interface Claims {
  readonly aud: readonly string[]
  readonly exp: number
  readonly iat: number
  readonly iss: string
  readonly jti: string
  readonly 'kubernetes.io': PrivateClaims
  readonly nbf: number
  readonly sub: string
}

const referenceTo = ({ metadata }: KubernetesObject): Reference => ({ name: metadata.name, uid: metadata.uid ?? '' })

interface Wanted {
  readonly account: KubernetesObject
  readonly bound: KubernetesObject | undefined
  /** Of a Pod that has one. */
  readonly node: KubernetesObject | undefined
  readonly audiences: readonly string[]
  readonly seconds: number
  readonly id: string
}

export const accountName = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`

export function issue({ options }: Pick<State, 'options'>, wanted: Wanted, now: Micros): string {
  const { account, bound, node, audiences, seconds, id } = wanted
  const iat = Math.floor(now / 1e6)
  const { namespace = '', name } = account.metadata
  const claims: Claims = {
    aud: audiences,
    exp: iat + seconds,
    iat,
    iss: options.serviceAccountIssuer,
    jti: id,
    'kubernetes.io': {
      namespace,
      ...(node && { node: referenceTo(node) }),
      ...(bound && { [bound.kind.toLowerCase()]: referenceTo(bound) }),
      serviceaccount: referenceTo(account),
    },
    nbf: iat,
    sub: accountName(namespace, name),
  }
  const { serviceAccountSigningKey: key, serviceAccountKey } = options
  return key ? signTokenWith(key, claims) : signToken(serviceAccountKey, claims)
}

/** For how long after its end a bound object still counts: what it takes to say goodbye. */
const LEEWAY_MICROS = 60_000_000

function isThere(object: KubernetesObject | undefined, { uid }: Reference, now: Micros): boolean {
  if (!object || object.metadata.uid !== uid) return false
  const ends = parseTime(object.metadata.deletionTimestamp)
  return ends === undefined || ends + LEEWAY_MICROS > now
}

/** The UID of an account or a Pod that still counts. */
export function livingUid(
  { caches }: Pick<State, 'caches'>,
  kind: 'serviceaccounts' | 'pods',
  key: string,
  now: Micros,
): string | undefined {
  const object = caches[kind]?.objects.get(key)
  const { uid } = object?.metadata ?? {}
  return uid !== undefined && isThere(object, { name: '', uid }, now) ? uid : undefined
}

/** Claims that this cluster has signed, whatever has become of what they are about; undefined: it has not. */
export function signedClaims({ options }: Pick<State, 'options'>, token: string): Claims | undefined {
  const { serviceAccountKey, serviceAccountIssuer, serviceAccountSigningKey: key } = options
  const read = key ? readSignedToken([key], token) : readToken(serviceAccountKey, token)
  const claims = read as Partial<Claims> | undefined
  if (claims?.iss !== serviceAccountIssuer || serviceAccountIssuer === '') return undefined
  // Whoever else has the key may have signed what no server would.
  return claims['kubernetes.io']?.serviceaccount && Array.isArray(claims.aud) ? (claims as Claims) : undefined
}

/** What is wrong with the claims; undefined: nothing. */
function problem({ caches }: Pick<State, 'caches'>, claims: Claims, now: Micros): string | undefined {
  if (now / 1e6 > claims.exp) return 'service account token has expired'
  if (now / 1e6 < claims.nbf) return 'service account token is not valid yet'
  const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io']
  const find = (kind: string, key: string) => caches[kind]?.objects.get(key)
  const account = find('serviceaccounts', `${namespace}/${serviceaccount.name}`)
  if (!isThere(account, serviceaccount, now)) return 'service account token has been invalidated'
  if (pod && !isThere(find('pods', `${namespace}/${pod.name}`), pod, now)) return 'service account token has been invalidated' // prettier-ignore
  if (secret && !isThere(find('secrets', `${namespace}/${secret.name}`), secret, now)) return 'service account token has been invalidated' // prettier-ignore
  if (node && !pod && !isThere(find('nodes', node.name), node, now)) return 'service account token has been invalidated'
  return undefined
}

/** Whose token it is and for whom; or why it is nobody's. Undefined: it is none of ours. */
export function verify(
  state: Pick<State, 'options' | 'caches'>,
  token: string,
  now: Micros,
): { readonly user: UserInfo; readonly audiences: readonly string[] } | string | undefined {
  const claims = signedClaims(state, token)
  if (!claims) return undefined
  const wrong = problem(state, claims, now)
  return wrong ?? { user: userOf(claims), audiences: claims.aud }
}

function userOf({ jti, sub, 'kubernetes.io': { namespace, serviceaccount, pod, node } }: Claims): UserInfo {
  const key = (what: string): string => `authentication.kubernetes.io/${what}`
  return {
    name: sub,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra: {
      [key('credential-id')]: [`JTI=${jti}`],
      ...(node && { [key('node-name')]: [node.name], [key('node-uid')]: [node.uid] }),
      ...(pod && { [key('pod-name')]: [pod.name], [key('pod-uid')]: [pod.uid] }),
    },
  }
}
