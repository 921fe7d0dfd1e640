/**
 * Namespaces: a deletion only marks one `Terminating`; it goes when the namespace controller has emptied it and taken
 * its finalizer from the spec (through the subresource `finalize`).
 *
 * Upstream: `pkg/registry/core/namespace/{strategy.go,storage/storage.go}`.
 */
import type { Namespace } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue } from '../status.ts'
import { invalidFinalizer } from '../validation/names.ts'
import type { Strategy } from './strategy.ts'

export const NAME_LABEL = 'kubernetes.io/metadata.name'

function defaults(namespace: Namespace): Namespace {
  const { metadata } = namespace
  if (!metadata.name || metadata.labels?.[NAME_LABEL] === metadata.name) return namespace
  return { ...namespace, metadata: { ...metadata, labels: { ...metadata.labels, [NAME_LABEL]: metadata.name } } }
}

/** What stands in the spec keeps it from going; each is said of its place. */
const finalizerErrors = ({ spec }: Namespace, at: (index: number) => string): FieldError[] =>
  (spec?.finalizers ?? []).flatMap((finalizer, index) => invalidFinalizer(finalizer, at(index)))

/** Whether it goes is not for the status to say. */
function validateStatusUpdate({ metadata, status }: Namespace): FieldError[] {
  const isGoing = metadata.deletionTimestamp !== undefined
  const expected = isGoing ? 'Terminating' : 'Active'
  if (status?.phase === expected) return []
  const why = `may only be '${expected}' if \`deletionTimestamp\` is ${isGoing ? 'not ' : ''}empty`
  return [invalidValue('status.Phase', status?.phase ?? '', why)]
}

export const namespaces: Strategy<Namespace> = {
  hasGeneration: false,
  hasStatus: true,
  nameRule: 'label',
  defaults,
  prepareForCreate: (namespace) => ({
    ...namespace,
    spec: { finalizers: [...new Set([...(namespace.spec?.finalizers ?? []), 'kubernetes'])] },
    status: { phase: 'Active' },
  }),
  validate: (namespace) => finalizerErrors(namespace, () => 'spec.finalizers'),
  validateStatusUpdate,
  validateFinalize: (namespace) => finalizerErrors(namespace, (index) => `spec.finalizers[${index}]`),
  prepareForUpdate: (namespace, old) => ({ ...namespace, ...(old.spec && { spec: old.spec }) }),
}
