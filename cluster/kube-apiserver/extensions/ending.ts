/**
 * How a definition looks on its way out: marked, then without objects, then without the finalizer that held it.
 *
 * Where to read upstream: apiextensions-apiserver `pkg/registry/customresourcedefinition/etcd.go` (Delete),
 * `pkg/controller/finalizer/crd_finalizer.go`.
 */
import { formatTime } from '#cluster/api/meta.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Definition } from './definition.ts'
import { CLEANUP_FINALIZER, withCondition } from './definition.ts'

/** What the first DELETE makes of a definition: its objects go before it does. */
export function markedForDeletion(definition: Definition, now: Micros): Definition {
  const { finalizers = [] } = definition.metadata
  const metadata = {
    ...definition.metadata,
    deletionTimestamp: formatTime(now),
    finalizers: finalizers.includes(CLEANUP_FINALIZER) ? finalizers : [...finalizers, CLEANUP_FINALIZER],
  }
  const message = 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon'
  return terminating({ ...definition, metadata }, 'True', 'InstanceDeletionPending', message, now)
}

export const terminating = (
  definition: Definition,
  status: 'True' | 'False',
  reason: string,
  message: string,
  now: Micros,
) => withCondition(definition, { type: 'Terminating', status, reason, message }, now)

/** Nothing is left of what it defined. */
export function finished(definition: Definition, reason: string, message: string, now: Micros): Definition {
  const { finalizers = [], ...metadata } = definition.metadata
  const left = finalizers.filter((finalizer) => finalizer !== CLEANUP_FINALIZER)
  return terminating({ ...definition, metadata: { ...metadata, finalizers: left } }, 'False', reason, message, now)
}
