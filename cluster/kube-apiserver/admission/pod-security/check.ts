/**
 * The shape of a check of the Pod Security Standards, and the words they share.
 *
 * Where to read upstream: pod-security-admission `policy/{checks,helpers,visitor}.go`.
 */
import type { Container, Pod, SecurityContext } from '#cluster/api/types.ts'

/** What is wrong: in a word or two, and at length. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

export type Check = (pod: Pick<Pod, 'metadata' | 'spec'>) => Violation | undefined

/** All containers of a Pod, in the order in which upstream visits them. */
export function containersOf({ spec }: Pick<Pod, 'spec'>): readonly Container[] {
  const { initContainers = [], containers = [] } = spec
  const { ephemeralContainers = [] } = spec as { readonly ephemeralContainers?: readonly Container[] }
  if (initContainers.length === 0 && ephemeralContainers.length === 0) return containers
  return [...initContainers, ...containers, ...ephemeralContainers]
}

export const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ')

export const plural = (one: string, many: string, count: number): string => (count === 1 ? one : many)

/** `container "a"`, `containers "a", "b"`. */
export const named = (names: readonly string[]): string =>
  `${plural('container', 'containers', names.length)} ${quoted(names)}`

/** Names of the containers whose security context is of that sort. */
export const containersWith = (
  pod: Pick<Pod, 'spec'>,
  is: (context: SecurityContext, container: Container) => boolean,
): string[] =>
  containersOf(pod)
    .filter((container) => is(container.securityContext ?? {}, container))
    .map(({ name }) => name)

/** Who sets something: the Pod, containers of it, or both. */
export function setters(pod: boolean, containers: readonly string[]): string {
  const all = [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])]
  return all.join(' and ')
}

export const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].toSorted()
