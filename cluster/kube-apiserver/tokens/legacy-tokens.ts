/**
 * The older tokens of service accounts: they stand in a Secret, never expire, and are good for as long as the Secret has them.
 *
 * What the real one does: the controller manager's token controller signs one for each Secret of the type
 * `kubernetes.io/service-account-token` with the key of `--service-account-private-key-file`; a server that has the public key
 * (`--service-account-key-file`) takes it for the account.
 * What we model: that a server takes them. Ours signs none, so they come from a controller manager of somebody else's.
 * What we leave out: the label that says when one was last used, and those that were put out of use for want of it.
 * Where to read upstream: kubernetes/kubernetes `pkg/serviceaccount/{legacy,jwt}.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { State } from '../state.ts'
import { readSignedToken } from './jwt.ts'
import { accountName } from './service-account-tokens.ts'

const ISSUER = 'kubernetes/serviceaccount'
const CLAIM = 'kubernetes.io/serviceaccount/'

/** Whose token it is; or why it is nobody's. Undefined: it is none of these. */
export function verifyLegacy(
  { options, caches }: Pick<State, 'options' | 'caches'>,
  token: string,
): { readonly user: UserInfo } | string | undefined {
  const claims = readSignedToken(options.serviceAccountKeys, token)
  if (claims?.['iss'] !== ISSUER) return undefined
  const claim = (name: string): string => {
    const value = claims[CLAIM + name]
    return typeof value === 'string' ? value : ''
  }
  const [namespace, secretName] = [claim('namespace'), claim('secret.name')]
  const [name, uid] = [claim('service-account.name'), claim('service-account.uid')]
  if (namespace === '') return 'namespace claim is missing'
  if (secretName === '') return 'secretName claim is missing'
  if (name === '') return 'serviceAccountName claim is missing'
  if (uid === '') return 'serviceAccountUID claim is missing'
  if (claims['sub'] !== accountName(namespace, name)) return 'sub claim is invalid'
  const find = (kind: string, key: string): KubernetesObject | undefined =>
    caches[kind]?.objects.get(`${namespace}/${key}`)
  const secret = find('secrets', secretName) as
    (KubernetesObject & { readonly data?: Record<string, string> }) | undefined
  if (!secret || secret.metadata.deletionTimestamp) return 'service account token has been invalidated'
  if (secret.data?.['token'] !== btoa(token)) return "token does not match server's copy"
  const account = find('serviceaccounts', name)
  if (!account || account.metadata.deletionTimestamp) return 'service account token has been invalidated'
  if (account.metadata.uid !== uid) return `service account UID (${account.metadata.uid}) does not match claim (${uid})`
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  return { user: { name: accountName(namespace, name), uid, groups } }
}
