/**
 * The strategy of kinds that have none of their own: what can be said of them in a word.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/<group>/<resource>/strategy.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import type { Strategy } from './strategy.ts'

/** Kinds whose objects count the changes of their content. */
const COUNTED: ReadonlySet<string> = new Set(['flowschemas', 'prioritylevelconfigurations', 'resourceslices'])

/** A deletion answers with what has gone. */
const SHOWN_WHEN_DELETED: ReadonlySet<string> = new Set(['serviceaccounts'])

/** Names that may be anything that stands between two slashes. */
const FREELY_NAMED: ReadonlySet<string> = new Set([])

export const plainStrategy = ({ resource, subresources }: Resource): Strategy => ({
  hasGeneration: COUNTED.has(resource),
  hasStatus: subresources.includes('status'),
  returnsDeletedObject: SHOWN_WHEN_DELETED.has(resource),
  nameRule: FREELY_NAMED.has(resource) ? 'path-segment' : 'subdomain',
})
