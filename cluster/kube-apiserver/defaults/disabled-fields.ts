/**
 * Fields that the API knows and a server with its default gates does not keep: they are dropped without a word, wherever they are written.
 *
 * What we model: those of Pods in 1.36, `stopSignal` of a container's lifecycle (ContainerStopSignals) and `schedulingGroup` (GenericWorkload).
 * What we leave out: turning gates on; sources of projected volumes that are behind one.
 * Where to read upstream: kubernetes/kubernetes `pkg/api/pod/util.go` (dropDisabledFields), `pkg/features/kube_features.go`.
 */
import type { Container, PodSpec } from '#cluster/api/types.ts'

type Gated = PodSpec & { readonly schedulingGroup?: unknown }
type WithLifecycle = Container & { readonly lifecycle?: Readonly<Record<string, unknown>> }

/** The very object where there is nothing to drop. */
export function withoutDisabledFields(spec: PodSpec): PodSpec {
  if ((spec as Gated).schedulingGroup === undefined) return spec
  const { schedulingGroup: _, ...rest } = spec as Gated
  return rest
}

/** Likewise. A lifecycle that says nothing else goes as a whole. */
export function containerWithoutDisabledFields(container: Container): Container {
  const { lifecycle, ...rest } = container as WithLifecycle
  if (lifecycle?.['stopSignal'] === undefined) return container
  const { stopSignal: _, ...hooks } = lifecycle
  return Object.keys(hooks).length === 0 ? rest : ({ ...rest, lifecycle: hooks } as Container)
}
