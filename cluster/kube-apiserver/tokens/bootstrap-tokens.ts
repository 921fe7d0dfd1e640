/**
 * Bootstrap tokens: what a machine shows that wants to join, and has nothing else yet.
 *
 * A Secret `bootstrap-token-<id>` of kube-system holds the other half, until when it counts, and for what.
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import { parseTime } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { State } from '../state.ts'

type Secret = KubernetesObject & { readonly type?: string; readonly data?: Readonly<Record<string, string>> }

const FORM = /^([a-z0-9]{6})\.([a-z0-9]{16})$/
const TYPE = 'bootstrap.kubernetes.io/token'
const GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/

function textOf({ data }: Secret, key: string): string {
  const value = data?.[key]
  return value === undefined ? '' : atob(value)
}

/** Whose token it is; undefined: nobody's. */
export function bootstrapper(
  { options, caches }: Pick<State, 'options' | 'caches'>,
  token: string,
  now: Micros,
): UserInfo | undefined {
  const [, id, half] = (options.enableBootstrapTokenAuth && FORM.exec(token)) || []
  const secret = caches['secrets']?.objects.get(`kube-system/bootstrap-token-${id}`) as Secret | undefined
  if (id === undefined || !secret || secret.type !== TYPE || secret.metadata.deletionTimestamp) return undefined
  if (textOf(secret, 'token-id') !== id || textOf(secret, 'token-secret') !== half) return undefined
  const expiration = textOf(secret, 'expiration')
  if (expiration !== '' && (parseTime(expiration) ?? 0) < now) return undefined
  if (textOf(secret, 'usage-bootstrap-authentication') !== 'true') return undefined
  const extra = textOf(secret, 'auth-extra-groups')
    .split(',')
    .filter((group) => GROUP.test(group))
  return { name: `system:bootstrap:${id}`, groups: ['system:bootstrappers', ...extra] }
}
