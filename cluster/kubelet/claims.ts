/**
 * Claims that a Pod's containers mount: until each is bound, nothing of the Pod starts.
 *
 * What we leave out: the volume behind the claim, which is taken to be there as soon as the claim names it; attaching.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go`
 * (getPVCExtractPV), `pkg/kubelet/volumemanager/volume_manager.go` (WaitForAttachAndMount).
 */
import type { KubernetesObject, Pod } from '#cluster/api/types.ts'
import { type Answer, isOk, messageOf } from '#cluster/client/api-client.ts'

interface Claimed {
  /** The volume, as the Pod calls it. */
  readonly volume: string
  readonly claim: string
  /** Made for this Pod, from a template in its spec. */
  readonly isEphemeral: boolean
}

/** In the order of the volumes; one that no container mounts is nobody's affair. */
export function claimsOf({ metadata, spec }: Pod): readonly Claimed[] {
  const used = new Set<string>()
  for (const { volumeMounts = [] } of [...(spec.initContainers ?? []), ...spec.containers])
    for (const { name } of volumeMounts) used.add(name)
  return (spec.volumes ?? []).flatMap((volume): Claimed[] => {
    if (!used.has(volume.name)) return []
    const { persistentVolumeClaim, ephemeral } = volume
    if (persistentVolumeClaim) return [{ volume: volume.name, claim: persistentVolumeClaim.claimName, isEphemeral: false }] // prettier-ignore
    return ephemeral ? [{ volume: volume.name, claim: `${metadata.name}-${volume.name}`, isEphemeral: true }] : []
  })
}

/** What a claim's answer comes to. `problem`: why it cannot be mounted. */
export interface Judged {
  readonly problem: string | undefined
}

export function judgeClaim({ metadata: { namespace, name, uid } }: Pod, isEphemeral: boolean, answer: Answer): Judged {
  if (!isOk(answer)) return { problem: `failed to fetch PVC from API server: ${messageOf(answer)}` }
  const { metadata, spec, status } = answer.body as KubernetesObject & { spec?: { volumeName?: string }; status?: { phase?: string } } // prettier-ignore
  if (isEphemeral && !metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid))
    return {
      problem: `PVC ${namespace}/${metadata.name} was not created for pod ${namespace}/${name} (pod is not owner)`,
    }
  if (metadata.deletionTimestamp !== undefined) return { problem: 'PVC is being deleted' }
  return { problem: status?.phase === 'Bound' && spec?.volumeName ? undefined : 'PVC is not bound' }
}

/**
 * What the Event says of claims that cannot be mounted; undefined where there is none.
 * @param judged by the claim's name
 */
export function mountProblem(pod: Pod, judged: (claim: string) => Judged | undefined): string | undefined {
  const failed = claimsOf(pod).flatMap(({ volume, claim }) => {
    const problem = judged(claim)?.problem
    return problem === undefined ? [] : [{ volume, text: `error processing PVC ${pod.metadata.namespace}/${claim}: ${problem}` }] // prettier-ignore
  })
  if (failed.length === 0) return undefined
  const names = `[${failed
    .map(({ volume }) => volume)
    .sort()
    .join(' ')}]`
  const texts = failed.map(({ text }) => text).join('; ')
  return `unmounted volumes=${names}, unattached volumes=[], failed to process volumes=${names}: ${texts}`
}
