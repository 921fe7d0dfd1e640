/**
 * The roles that are there from the start and hold in one namespace: what a few components may do in kube-system and kube-public.
 *
 * What the real one does: writes seven roles and their bindings, each for one component.
 * What we model: those that a scheduler and a controller manager need to let others ask of themselves (who signs whom), and those
 * of the controllers that look after tokens of bootstrap.
 * What we leave out: election by ConfigMaps, and so the roles for it.
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/namespace_policy.go`.
 */
import type { KubernetesObject, PolicyRule, Role, RoleBinding, Subject } from '#cluster/api/types.ts'
import { AUTOUPDATE, RBAC_DEFAULTS } from './bootstrap-policy.ts'
import { EVENTS, READ, rule } from './rules.ts'

const GROUP = 'rbac.authorization.k8s.io'
const user = (name: string): Subject => ({ kind: 'User', apiGroup: GROUP, name })
const account = (name: string): Subject => ({ kind: 'ServiceAccount', namespace: 'kube-system', name })

interface Given {
  readonly namespace: string
  readonly role: string
  /** Default: the role's name. */
  readonly binding?: string
  readonly rules: readonly PolicyRule[]
  readonly subjects: readonly Subject[]
}

const POLICY: readonly Given[] = [
  {
    ...{ namespace: 'kube-system', role: 'extension-apiserver-authentication-reader' },
    binding: 'system::extension-apiserver-authentication-reader',
    rules: [{ ...rule(READ, '', 'configmaps'), resourceNames: ['extension-apiserver-authentication'] }],
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler')],
  },
  {
    ...{ namespace: 'kube-system', role: 'system:controller:bootstrap-signer' },
    rules: [rule(READ, '', 'secrets')],
    subjects: [account('bootstrap-signer')],
  },
  {
    ...{ namespace: 'kube-system', role: 'system:controller:token-cleaner' },
    rules: [rule([...READ, 'delete'], '', 'secrets'), EVENTS],
    subjects: [account('token-cleaner')],
  },
  {
    ...{ namespace: 'kube-public', role: 'system:controller:bootstrap-signer' },
    rules: [
      rule(READ, '', 'configmaps'),
      { ...rule(['update'], '', 'configmaps'), resourceNames: ['cluster-info'] },
      EVENTS,
    ],
    subjects: [account('bootstrap-signer')],
  },
]

const API_VERSION = `${GROUP}/v1`
const named = (name: string, namespace: string) => ({ name, namespace, labels: RBAC_DEFAULTS, annotations: AUTOUPDATE })

export const namespacePolicy = (): KubernetesObject[] =>
  POLICY.flatMap(({ namespace, role, binding = role, rules, subjects }): [Role, RoleBinding] => [
    { apiVersion: API_VERSION, kind: 'Role', metadata: named(role, namespace), rules },
    {
      ...{ apiVersion: API_VERSION, kind: 'RoleBinding', metadata: named(binding, namespace) },
      ...{ roleRef: { apiGroup: GROUP, kind: 'Role', name: role }, subjects },
    },
  ])
