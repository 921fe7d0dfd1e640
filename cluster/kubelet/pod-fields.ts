/** What the downward API tells of a Pod. Upstream: `pkg/fieldpath/fieldpath.go`, `pkg/kubelet/kubelet_pods.go` (podFieldSelectorRuntimeValue). */
import type { Pod } from '#cluster/api/types.ts'

/** What the downward API has under a path; empty where it has nothing. */
export function fieldOf({ metadata, spec, status }: Pod, path: string): string {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? []
  if (map !== undefined) return metadata[map as 'labels' | 'annotations']?.[key!] ?? ''
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': status?.podIP,
    'status.hostIP': status?.hostIP,
  }
  return fields[path] ?? ''
}
