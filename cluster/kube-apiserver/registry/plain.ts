/**
 * The strategy of kinds that have none of their own: what can be said of them in a word.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/<group>/<resource>/strategy.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import type { Strategy } from './strategy.ts'

/** Kinds whose objects count the changes of their content. */
const COUNTED: ReadonlySet<string> = new Set(['flowschemas', 'prioritylevelconfigurations', 'resourceslices'])

/** Names that may be anything that stands between two slashes. */
const FREELY_NAMED: ReadonlySet<string> = new Set([])

export const plainStrategy = ({ resource, subresources }: Resource): Strategy => ({
  hasGeneration: COUNTED.has(resource),
  hasStatus: subresources.includes('status'),
  nameRule: FREELY_NAMED.has(resource) ? 'path-segment' : 'subdomain',
})
