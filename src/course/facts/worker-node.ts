/** Then and now: the worker node (H9 to H15). */
import { docs, type Fact, kep } from './fact.ts'

const looked = { verifiedOn: '2026-11-26', k8sVersion: '1.37' } as const

export const workerNodeFacts: readonly Fact[] = [
  {
    ...looked,
    id: 15,
    claims: [99],
    verdict: 'OUTDATED',
    lessons: ['kubelet'],
    en: {
      said: 'the CRI was under development.',
      holds:
        'version `v1` is the contract; the older `v1alpha2` went in v1.26. With a runtime that lacks it, the kubelet does not register its node.',
    },
    sources: [docs('concepts/architecture/cri'), kep(4033)],
  },
  {
    ...looked,
    id: 16,
    claims: [109, 110],
    verdict: 'IMPRECISE',
    lessons: ['cri-shims'],
    en: {
      said: 'dockershim was said to be the default since the beginning, and unmaintained from v1.24.',
      holds:
        'more exactly: Docker was first built in; the CRI came as alpha in v1.5; dockershim was deprecated in v1.20, and in v1.24 its code was *removed*.',
    },
    sources: [kep(2221), 'https://kubernetes.io/blog/2022/02/17/dockershim-faq/'],
  },
  {
    ...looked,
    id: 17,
    claims: [100, 106, 107],
    verdict: 'OUTDATED',
    lessons: ['kubelet', 'cri-shims'],
    en: {
      said: 'each runtime was said to need a shim, such as cri-containerd.',
      holds:
        'containerd (since 1.1) and CRI-O speak CRI themselves; only Docker Engine and Mirantis Container Runtime need an adapter. `containerd-shim-runc-v2` is another thing with the same word in its name.',
    },
    sources: ['https://github.com/containerd/cri', docs('setup/production-environment/container-runtimes')],
  },
  {
    ...looked,
    id: 18,
    claims: [90, 91, 92, 93, 111],
    verdict: 'OK+',
    lessons: ['container-runtime'],
    en: {
      said: 'four runtimes were named.',
      holds:
        'all four work. Docker Engine and Mirantis Container Runtime need `cri-dockerd`; CRI-O pulls from any registry; a RuntimeClass chooses what finally runs the container: runc, crun, Kata, gVisor.',
    },
    sources: [
      'https://github.com/Mirantis/cri-dockerd',
      docs('setup/production-environment/container-runtimes'),
      kep(585),
    ],
  },
  {
    ...looked,
    id: 23,
    claims: [113, 114, 115, 116, 118],
    verdict: 'OUTDATED',
    lessons: ['kube-proxy'],
    en: {
      said: 'kube-proxy was said to forward streams, or at random.',
      holds:
        'that was its userspace mode, removed in v1.26. Now it only writes kernel rules: `iptables` by default, `nftables` as the recommended successor; `ipvs` is deprecated since v1.35. Some networks replace it by eBPF.',
    },
    sources: [docs('reference/networking/virtual-ips'), kep(3866), kep(5495)],
  },
  {
    ...looked,
    id: 24,
    claims: [117],
    verdict: 'OK+',
    lessons: ['kube-proxy'],
    en: {
      said: 'SCTP was one of three protocols.',
      holds: 'it is, stable since v1.20, if the network supports it. Since v1.26 a load balancer may mix protocols.',
    },
    sources: [kep(614), kep(1435)],
  },
  {
    ...looked,
    id: 29,
    claims: [120],
    verdict: 'OUTDATED',
    lessons: ['addons'],
    en: {
      said: 'the Dashboard was the web interface.',
      holds:
        'its project was archived in January 2026. Headlamp, of a Kubernetes special interest group, is the suggested successor.',
    },
    sources: ['https://github.com/kubernetes-retired/dashboard', 'https://headlamp.dev/'],
  },
  {
    ...looked,
    id: 30,
    claims: [121, 122],
    verdict: 'IMPRECISE',
    lessons: ['addons'],
    en: {
      said: 'addons were said to collect metrics and logs in a central store.',
      holds:
        'as ever, nothing of that comes by itself. metrics-server keeps the latest values only; history needs a database. The kubelet rotates log files on the node; an agent must take them away.',
    },
    sources: ['https://github.com/kubernetes-sigs/metrics-server', docs('concepts/cluster-administration/logging')],
  },
  {
    ...looked,
    id: 35,
    claims: [83, 84],
    verdict: 'IMPRECISE',
    lessons: ['worker-overview'],
    en: {
      said: 'Pods were said to be rescheduled.',
      holds:
        'as ever, a Pod never moves: a controller makes another, with a new UID. Its CPU and memory can change in place (v1.35), and sidecars have a start order of their own (v1.33).',
    },
    sources: [docs('concepts/workloads/pods/pod-lifecycle'), kep(1287), kep(753)],
  },
  {
    ...looked,
    id: 36,
    claims: [85],
    verdict: 'OK+',
    lessons: ['worker-overview'],
    en: {
      said: 'client traffic was said never to pass the control plane.',
      holds:
        'that holds for Services. `kubectl exec`, `port-forward` and `proxy` do pass the API server, and a cloud load balancer may use control-plane nodes unless a label excludes them.',
    },
    sources: [
      docs('concepts/architecture/control-plane-node-communication'),
      docs('reference/labels-annotations-taints'),
    ],
  },
  {
    ...looked,
    id: 42,
    claims: [89],
    verdict: 'OK+',
    lessons: ['container-runtime'],
    en: {
      said: 'every node needs a runtime, the control plane’s too.',
      holds: 'it does. And since v1.35 the kubelet does not start on a machine with cgroup v1, unless told to.',
    },
    sources: [kep(5573), docs('concepts/architecture/cgroups')],
  },
  {
    ...looked,
    id: 43,
    claims: [119],
    verdict: 'OK+',
    lessons: ['addons'],
    en: {
      said: 'cluster DNS gives records to objects.',
      holds: 'to Services and Pods, that is, and to nothing else. CoreDNS is what kubeadm installs.',
    },
    sources: [docs('concepts/services-networking/dns-pod-service'), 'https://github.com/kubernetes/dns'],
  },
]
