/**
 * The people of a cluster that is up: who they are, what they show, and what they may do.
 *
 * One may do everything, one may change the namespace `default`, one may look, and one may do nothing: with `--context` anybody
 * can be any of them, and see what role-based access control makes of it.
 */
import { randomBytes } from 'node:crypto'
import type { UserInfo } from '#cluster/api/http.ts'

export interface Persona extends UserInfo {
  /** Of its context. */
  readonly context: string
  /** What it shows. */
  readonly shows: 'certificate' | 'token'
  readonly what: string
}

export const personas: readonly Persona[] = [
  {
    context: 'admin',
    name: 'kubernetes-admin',
    groups: ['system:masters'],
    shows: 'certificate',
    what: 'may do everything',
  },
  {
    context: 'developer',
    name: 'dana',
    groups: ['developers'],
    shows: 'certificate',
    what: 'may change what is in the namespace default',
  },
  { context: 'viewer', name: 'victor', groups: ['viewers'], shows: 'token', what: 'may look, not touch' },
  { context: 'guest', name: 'gus', groups: [], shows: 'token', what: 'may do nothing' },
]

/** A token each for those who show one. */
export function newTokens(): Readonly<Record<string, UserInfo>> {
  const shown = personas.filter(({ shows }) => shows === 'token')
  return Object.fromEntries(shown.map(({ name, groups }) => [randomBytes(24).toString('base64url'), { name, groups }]))
}

/** What binds them to the roles that every cluster has. */
export const PERSONAS_MANIFEST = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: developers, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: developers }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: viewers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: viewers }]
`
