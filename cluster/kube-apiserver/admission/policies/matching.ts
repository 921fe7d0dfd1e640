/**
 * Which writes a policy, or a binding of one, is about.
 *
 * Where to read upstream: apiserver `pkg/admission/plugin/policy/matching/matching.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { RequestInfo } from '../../chain/route.ts'
import type { State } from '../../state.ts'
import { matchesRule, versionFor } from '../webhooks/configuration.ts'
import type { MatchResources, NamedRule } from './types.ts'

const EVERYTHING: NamedRule = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*', '*/*'] }

/** The version in which it wants to see the object; undefined: it is not about it. */
export function matchedVersion(
  state: Pick<State, 'caches'>,
  matches: MatchResources | undefined,
  info: RequestInfo,
  name: string,
  object: KubernetesObject | undefined,
  old: KubernetesObject | undefined,
): Resource | undefined {
  if (!matches) return info.resource
  const { resourceRules = [], excludeResourceRules = [], ...rest } = matches
  const isNamed = ({ resourceNames = [] }: NamedRule) => resourceNames.length === 0 || resourceNames.includes(name)
  if (excludeResourceRules.some((rule) => isNamed(rule) && matchesRule(rule, info))) return undefined
  const rules = resourceRules.length === 0 ? [EVERYTHING] : resourceRules.filter(isNamed)
  return versionFor(state, { ...rest, rules }, info, object, old)
}
