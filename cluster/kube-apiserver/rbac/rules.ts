/** A short way to write down rules of roles. */
import type { PolicyRule } from '#cluster/api/types.ts'

export const READ = ['get', 'list', 'watch']
export const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update']

export const rule = (verbs: readonly string[], group: string, ...resources: string[]): PolicyRule => ({
  verbs,
  apiGroups: [group],
  resources,
})

export const urls = (...nonResourceURLs: string[]): PolicyRule => ({ verbs: ['get'], nonResourceURLs })

export const EVENTS: PolicyRule = {
  ...rule(['create', 'patch', 'update'], '', 'events'),
  apiGroups: ['', 'events.k8s.io'],
}

/** Leader election: its own Lease, and the first one to be written. */
export const leading = (name: string): PolicyRule[] => [
  rule(['create'], 'coordination.k8s.io', 'leases'),
  { ...rule(['get', 'update'], 'coordination.k8s.io', 'leases'), resourceNames: [name] },
]
