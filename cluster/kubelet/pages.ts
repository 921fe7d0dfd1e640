/**
 * What the kubelet shows of itself to whoever asks by its port: how it is, how it is set up, which Pods it has and which of them run.
 *
 * What we leave out: most of its metrics, `/metrics/cadvisor`, and `/logs/`.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/server/server.go`, `pkg/kubelet/metrics`, component-base `configz`.
 */
import type { HttpResponse } from '#cluster/api/http.ts'
import type { Pod } from '#cluster/api/types.ts'
import { DEFAULT_CAPACITY, LEASE_SECONDS } from './node.ts'
import type { KubeletState } from './state.ts'

/** These are answered elsewhere, of one Pod each. */
const SERVICES: readonly string[] = ['containerLogs', 'exec', 'attach', 'portForward']

const page = (body: unknown, status = 200): HttpResponse => ({ type: 'response', status, body })

const PAGES: Readonly<Record<string, (state: KubeletState) => unknown>> = {
  '/healthz': () => 'ok',
  '/healthz/ping': () => 'ok',
  '/healthz/log': () => 'ok',
  '/healthz/syncloop': () => 'ok',
  '/configz': (state) => ({ kubeletconfig: configOf(state) }),
  '/metrics': metricsOf,
  // No probe has failed or succeeded that is counted here.
  '/metrics/probes': () => '',
  '/pods': ({ pods }) => listOf([...pods.items.values()]),
  '/runningpods': (state) => listOf(runningPods(state)),
}

/** What is said at once; or that nothing is at that path. Undefined: it is about one Pod. */
export function pageAt(state: KubeletState, path: string): HttpResponse | undefined {
  const known = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  if (Object.hasOwn(PAGES, known)) return page(PAGES[known]!(state))
  return SERVICES.includes(path.split('/')[1] ?? '') ? undefined : page('404 page not found\n', 404)
}

const listOf = (items: readonly object[]): object => ({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items })

/** What the runtime knows of them, and no more. */
function runningPods({ pods, runtimePods }: KubeletState): object[] {
  return [...(pods.items.values() as IterableIterator<Pod>)].flatMap(({ metadata: { name, namespace, uid } }) => {
    const running = (runtimePods.get(uid!)?.containers ?? []).filter(({ state }) => state === 'CONTAINER_RUNNING')
    if (running.length === 0) return []
    const containers = running.map(({ metadata, image }) => ({
      name: metadata.name,
      image: image.image,
      resources: {},
    }))
    return [{ metadata: { name, namespace, uid }, spec: { containers }, status: {} }]
  })
}

/** As far as something here goes by it: nodes and their leases, DNS, and when memory is short. */
function configOf({
  options: { clusterDNS, clusterDomain, capacity = DEFAULT_CAPACITY, taints },
}: KubeletState): object {
  return {
    kind: 'KubeletConfiguration',
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    port: 10250,
    healthzPort: 10248,
    ...(clusterDomain !== undefined && { clusterDomain }),
    ...(clusterDNS !== undefined && { clusterDNS: [clusterDNS] }),
    nodeStatusUpdateFrequency: '10s',
    nodeStatusReportFrequency: '5m0s',
    nodeLeaseDurationSeconds: LEASE_SECONDS,
    evictionHard: { 'memory.available': '100Mi' },
    evictionPressureTransitionPeriod: '5m0s',
    maxPods: Number(capacity['pods'] ?? 110),
    cgroupDriver: 'systemd',
    containerRuntimeEndpoint: 'unix:///var/run/containerd/containerd.sock',
    registerNode: true,
    ...(taints && { registerWithTaints: taints }),
  }
}

function metricsOf({ options: { nodeName }, pods, runtimePods, registered }: KubeletState): string {
  const states = [...runtimePods.values()].flatMap(({ containers }) => containers.map(({ state }) => state))
  const count = (state: string): number => states.filter((one) => one === state).length
  const running = [...runtimePods.values()].filter(({ containers }) =>
    containers.some(({ state }) => state === 'CONTAINER_RUNNING'),
  )
  return [
    '# HELP kubelet_desired_pods [ALPHA] The number of pods the kubelet is being instructed to run. static is true if the pod is not from the apiserver.',
    '# TYPE kubelet_desired_pods gauge',
    `kubelet_desired_pods{static=""} ${pods.items.size}`,
    "# HELP kubelet_node_name [ALPHA] The node's name. The count is always 1.",
    '# TYPE kubelet_node_name gauge',
    `kubelet_node_name{node="${nodeName}"} ${registered ? 1 : 0}`,
    '# HELP kubelet_running_containers [ALPHA] Number of containers currently running',
    '# TYPE kubelet_running_containers gauge',
    `kubelet_running_containers{container_state="created"} ${count('CONTAINER_CREATED')}`,
    `kubelet_running_containers{container_state="exited"} ${count('CONTAINER_EXITED')}`,
    `kubelet_running_containers{container_state="running"} ${count('CONTAINER_RUNNING')}`,
    '# HELP kubelet_running_pods [ALPHA] Number of pods that have a running pod sandbox',
    '# TYPE kubelet_running_pods gauge',
    `kubelet_running_pods ${running.length}`,
    '',
  ].join('\n')
}
