/**
 * The clusterrole-aggregation controller: gathers into a ClusterRole the rules of those that its selectors match.
 *
 * So whoever adds a kind adds to `view`, `edit` and `admin` what people may do with it, by a label and without touching them.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go`.
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import { isEqual } from '#cluster/api/meta.ts'
import type { LabelSelector, PolicyRule, Role } from '#cluster/api/types.ts'
import { updateRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled } from '#cluster/client/controller.ts'

type Aggregated = Role & { readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] } }

export const clusterRoleAggregationController: Controller<undefined> = {
  name: 'clusterrole-aggregation',
  offByDefault: true,
  watches: [
    {
      resource: 'clusterroles',
      // Any role may be a part of any that gathers.
      *enqueue(_delta, caches) {
        for (const role of caches.all<Aggregated>('clusterroles')) if (role.aggregationRule) yield role.metadata.name
      },
    },
  ],
  memory: () => undefined,
  reconcile,
}

function reconcile(name: string, caches: Caches): Reconciled {
  const role = caches.get<Aggregated>('clusterroles', name)
  if (!role?.aggregationRule) return {}
  const rules: PolicyRule[] = []
  for (const selector of role.aggregationRule.clusterRoleSelectors ?? []) {
    const parts = [...caches.all<Aggregated>('clusterroles')].filter(
      ({ metadata }) => metadata.name !== name && matchesSelector(selector, metadata.labels),
    )
    for (const part of parts.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)))
      for (const rule of part.rules ?? []) if (!rules.some((known) => isEqual(known, rule))) rules.push(rule)
  }
  if (isEqual(role.rules ?? [], rules)) return {}
  return { calls: [{ request: updateRequest({ ...role, rules } as Role), accept: ['Conflict', 'NotFound'] }] }
}
