/**
 * Namespaces: a deletion only marks one `Terminating`; it goes when the namespace controller has emptied it and taken
 * its finalizer from the spec (through the subresource `finalize`).
 *
 * Upstream: `pkg/registry/core/namespace/{strategy.go,storage/storage.go}`.
 */
import type { Namespace } from '#cluster/api/types.ts'
import type { Strategy } from './strategy.ts'

export const NAME_LABEL = 'kubernetes.io/metadata.name'

function defaults(namespace: Namespace): Namespace {
  const { metadata } = namespace
  if (!metadata.name || metadata.labels?.[NAME_LABEL] === metadata.name) return namespace
  return { ...namespace, metadata: { ...metadata, labels: { ...metadata.labels, [NAME_LABEL]: metadata.name } } }
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
  prepareForUpdate: (namespace, old) => ({ ...namespace, ...(old.spec && { spec: old.spec }) }),
}
