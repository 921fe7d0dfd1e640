/**
 * Mutating admission: the built-in plugins in the order of the real server. None of them looks outside the object; the one
 * that does (NamespaceLifecycle) is a stage of its own, because it may have to wait for etcd.
 *
 * What we leave out: webhooks, policies, ServiceAccount, LimitRanger, quota.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubeapiserver/options/plugins.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { RequestInfo } from '../route.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import type { AdmissionPlugin } from './plugin.ts'

const PLUGINS: readonly AdmissionPlugin[] = [defaultTolerationSeconds]

export function mutate(info: RequestInfo, object: KubernetesObject): KubernetesObject {
  let next = object
  for (const plugin of PLUGINS) if (plugin.admits(info)) next = plugin.mutate(next)
  return next
}
