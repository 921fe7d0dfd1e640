/**
 * The strategy of kinds that have none of their own: what can be said of them in a word.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/<group>/<resource>/strategy.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import type { FieldError } from '../status.ts'
import { required } from '../status.ts'
import { atLeast, unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

/** Kinds whose objects count the changes of their content. */
const COUNTED: ReadonlySet<string> = new Set(['flowschemas', 'prioritylevelconfigurations', 'resourceslices'])

/** Names that may be anything that stands between two slashes. */
const FREELY_NAMED: ReadonlySet<string> = new Set([])

const revisionErrors = ({ data, revision }: Readonly<Record<string, any>>): FieldError[] => [
  ...(data === undefined ? [required('data', 'data is mandatory')] : []),
  ...atLeast(0, revision, 'revision'),
]

/** What an object that makes Pods was like. */
export const controllerRevisions: Strategy = {
  hasGeneration: false,
  hasStatus: false,
  validate: revisionErrors,
  validateUpdate: (revision, old) => [...revisionErrors(revision), ...unchanged(revision.data, old.data, 'data')],
}

export const plainStrategy = ({ resource, subresources }: Resource): Strategy => ({
  hasGeneration: COUNTED.has(resource),
  hasStatus: subresources.includes('status'),
  nameRule: FREELY_NAMED.has(resource) ? 'path-segment' : 'subdomain',
})
