/** The API's Pod for a UID, from the kubelet's own copy, and its containers by name. */
import type { Container, EphemeralContainer, Pod } from '#cluster/api/types.ts'
import type { KubeletState } from './state.ts'

export const podOf = (state: KubeletState, uid: string): Pod | undefined => {
  const key = state.workers.get(uid)?.key
  if (key !== undefined) {
    const pod = state.pods.items.get(key)
    return pod?.metadata.uid === uid ? pod : undefined
  }
  for (const pod of state.pods.items.values()) if (pod.metadata.uid === uid) return pod
  return undefined
}

/** A container of any kind. */
export const containerNamed = ({ spec }: Pod, name: string): Container | EphemeralContainer | undefined =>
  named(spec.initContainers, name) ?? named(spec.containers, name) ?? named(spec.ephemeralContainers, name)

function named<T extends { readonly name: string }>(list: readonly T[] | undefined, name: string): T | undefined {
  if (list !== undefined) for (let i = 0; i < list.length; i++) if (list[i]!.name === name) return list[i]
  return undefined
}
