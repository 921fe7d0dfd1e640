/**
 * What makes a StatefulSet's Pods somebody: a name with a number, a host name, and volumes of their own.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/statefulset/stateful_set_utils.go`.
 */
import type { StatefulSet } from '#cluster/api/apps-types.ts'
import { isPodReady } from '#cluster/api/meta.ts'
import type { KubernetesObject, Pod, PodTemplateSpec, Volume } from '#cluster/api/types.ts'
import { REVISION_LABEL } from '../controller-revisions.ts'
import { podFromTemplate } from '../owned-pods.ts'

export const nameAt = ({ metadata }: StatefulSet, ordinal: number): string => `${metadata.name}-${ordinal}`

/** Undefined: it bears no number. */
export function ordinalOf({ metadata }: StatefulSet, pod: Pod): number | undefined {
  const { name } = pod.metadata
  const text = name.startsWith(`${metadata.name}-`) ? name.slice(metadata.name.length + 1) : ''
  return /^\d+$/.test(text) ? Number(text) : undefined
}

export const isHealthy = (pod: Pod): boolean =>
  pod.status?.phase === 'Running' && isPodReady(pod) && pod.metadata.deletionTimestamp === undefined

const claimNameAt = (set: StatefulSet, template: KubernetesObject, ordinal: number): string =>
  `${template.metadata.name}-${nameAt(set, ordinal)}`

/** The claims of one Pod. They outlive it. */
export const claimsAt = (set: StatefulSet, ordinal: number): readonly KubernetesObject[] =>
  (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    ...template,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...template.metadata,
      name: claimNameAt(set, template, ordinal),
      namespace: set.metadata.namespace!,
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    },
  }))

export function podAt(set: StatefulSet, template: PodTemplateSpec, revision: string, ordinal: number): Pod {
  const pod = podFromTemplate(set, template)
  const { generateName: _, ...metadata } = pod.metadata as Pod['metadata'] & { generateName?: string }
  const name = nameAt(set, ordinal)
  const claims = (set.spec.volumeClaimTemplates ?? []).map((claim): Volume => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: claimNameAt(set, claim, ordinal) },
  }))
  const others = (pod.spec.volumes ?? []).filter((volume) => !claims.some((claim) => claim.name === volume.name))
  const labels = {
    ...metadata.labels,
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': `${ordinal}`,
    [REVISION_LABEL]: revision,
  }
  return {
    ...pod,
    metadata: { ...metadata, name, labels },
    spec: {
      ...pod.spec,
      hostname: name,
      ...(set.spec.serviceName && { subdomain: set.spec.serviceName }),
      ...(claims.length + others.length > 0 && { volumes: [...claims, ...others] }),
    },
  }
}
