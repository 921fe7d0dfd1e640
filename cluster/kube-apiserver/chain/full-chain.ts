/**
 * The options with which kubeadm starts an API server, as far as they add stages to the chain.
 *
 * Small clusters, in which each message counts, do without (see the defaults in `kube-apiserver.ts`).
 * Where to read upstream: kubernetes/kubernetes `cmd/kubeadm/app/phases/controlplane/manifests.go`.
 */
import { DEFAULT_ADMISSION_PLUGINS } from '../admission/admission.ts'
import type { ApiserverOptions } from '../state.ts'

export const FULL_CHAIN = Object.freeze({
  authorizationMode: 'Node,RBAC',
  admissionPlugins: DEFAULT_ADMISSION_PLUGINS,
  serviceAccountIssuer: 'https://kubernetes.default.svc.cluster.local',
  enableBootstrapTokenAuth: true,
  priorityAndFairness: true,
  apiServiceRegistration: true,
  multiCIDRServiceAllocator: true,
  metrics: true,
} satisfies Partial<ApiserverOptions>)
