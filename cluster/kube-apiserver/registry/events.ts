/** Events. Upstream: `pkg/registry/core/event/strategy.go`. They go when their lease in etcd ends, after an hour. */
import type { KubernetesEvent } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue } from '../status.ts'
import type { Strategy } from './strategy.ts'

function validate({ metadata, involvedObject }: KubernetesEvent): FieldError[] {
  const about = involvedObject?.namespace ?? ''
  // Events about cluster-scoped objects live in the namespace `default`.
  if (
    about === ''
      ? metadata.namespace === 'default' || metadata.namespace === 'kube-system'
      : about === metadata.namespace
  )
    return []
  return [invalidValue('involvedObject.namespace', about, 'does not match event.namespace')]
}

export const events: Strategy<KubernetesEvent> = {
  hasGeneration: false,
  hasStatus: false,
  allowCreateOnUpdate: true,
  nameRule: 'path-segment',
  plainFinalizers: true,
  validate,
  validateUpdate: validate,
}
