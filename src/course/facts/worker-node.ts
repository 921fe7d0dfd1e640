/** Then and now: the worker node (H9 to H15). */
import { docs, type Fact, gate, k8s, kep } from './fact.ts'

const checked = '2026-11-26'

export const workerNodeFacts: readonly Fact[] = [
  {
    id: 15,
    claims: [99],
    verdict: 'OUTDATED',
    lessons: ['kubelet'],
    en: {
      said: 'the CRI was under development.',
      holds:
        'version `v1` is the contract; the older `v1alpha2` went in v1.26. With a runtime that lacks it, the kubelet does not register its node.',
    },
    sources: [docs('concepts/containers/cri')],
    verifiedOn: checked,
  },
  {
    id: 16,
    claims: [109, 110],
    verdict: 'IMPRECISE',
    lessons: ['cri-shims'],
    en: {
      said: 'dockershim was said to be the default since the beginning, and unmaintained from v1.24.',
      holds:
        'more exactly: Docker was first built in; the CRI came as alpha in v1.5; dockershim was deprecated in v1.20, and in v1.24 its code was *removed*.',
    },
    sources: [
      'https://github.com/kubernetes/enhancements/issues/54',
      'https://kubernetes.io/blog/2022/02/17/dockershim-faq/',
    ],
    verifiedOn: checked,
  },
  {
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
    verifiedOn: checked,
  },
  {
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
      docs('setup/production-environment/container-runtimes'),
      'https://github.com/Mirantis/cri-dockerd',
      docs('concepts/containers/runtime-class'),
    ],
    verifiedOn: checked,
  },
  {
    id: 23,
    claims: [113, 114, 115, 116, 118],
    verdict: 'OUTDATED',
    lessons: ['kube-proxy'],
    en: {
      said: 'kube-proxy was said to forward streams, or at random.',
      holds:
        'that was its userspace mode, removed in v1.26. Now it only writes kernel rules: `iptables` by default, `nftables` as the recommended successor; `ipvs` is deprecated since v1.35. Some networks replace it by eBPF.',
    },
    sources: [
      'https://github.com/kubernetes/website/commit/448e80731ea34bd15a3d59478e1db6c6947fec91',
      docs('reference/networking/virtual-ips'),
      kep(3866),
      kep(5495),
    ],
    verifiedOn: checked,
    k8sVersion: '1.37',
  },
  {
    id: 24,
    claims: [117],
    verdict: 'OK+',
    lessons: ['kube-proxy'],
    en: {
      said: 'SCTP was one of three protocols.',
      holds: 'it is, stable since v1.20, if the network supports it. Since v1.26 a load balancer may mix protocols.',
    },
    sources: [docs('reference/networking/service-protocols'), gate('MixedProtocolLBService')],
    verifiedOn: checked,
  },
  {
    id: 29,
    claims: [120],
    verdict: 'OUTDATED',
    lessons: ['addons'],
    en: {
      said: 'the Dashboard was the web interface.',
      holds:
        'its project was archived in January 2026. Headlamp, of a Kubernetes special interest group, is the suggested successor.',
    },
    sources: ['https://github.com/kubernetes/website/issues/54042', 'https://github.com/kubernetes-sigs/headlamp'],
    verifiedOn: checked,
  },
  {
    id: 30,
    claims: [121, 122],
    verdict: 'IMPRECISE',
    lessons: ['addons'],
    en: {
      said: 'addons were said to collect metrics and logs in a central store.',
      holds:
        'as ever, nothing of that comes by itself. metrics-server keeps the latest values only; history needs a database. The kubelet rotates log files on the node; an agent must take them away.',
    },
    sources: [
      'https://github.com/kubernetes/design-proposals-archive/blob/main/instrumentation/metrics-server.md',
      docs('concepts/cluster-administration/logging'),
    ],
    verifiedOn: checked,
  },
  {
    id: 35,
    claims: [83, 84],
    verdict: 'IMPRECISE',
    lessons: ['worker-overview'],
    en: {
      said: 'Pods were said to be rescheduled.',
      holds:
        'as ever, a Pod never moves: a controller makes another, with a new UID. Its CPU and memory can change in place (v1.35), and sidecars have a start order of their own (v1.33).',
    },
    sources: [docs('concepts/workloads/pods/pod-lifecycle'), kep(1287), gate('SidecarContainers')],
    verifiedOn: checked,
    k8sVersion: '1.35',
  },
  {
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
      k8s('cmd/kubeadm/app/constants/constants.go'),
    ],
    verifiedOn: checked,
  },
  {
    id: 42,
    claims: [89],
    verdict: 'OK+',
    lessons: ['container-runtime'],
    en: {
      said: 'every node needs a runtime, the control plane’s too.',
      holds: 'it does. And since v1.35 the kubelet does not start on a machine with cgroup v1, unless told to.',
    },
    sources: [kep(5573), 'https://github.com/kubernetes/system-validators/pull/59', docs('concepts/containers/cri')],
    verifiedOn: checked,
    k8sVersion: '1.35',
  },
  {
    id: 43,
    claims: [119],
    verdict: 'OK+',
    lessons: ['addons'],
    en: {
      said: 'cluster DNS gives records to objects.',
      holds: 'to Services and Pods, that is, and to nothing else. CoreDNS is what kubeadm installs.',
    },
    sources: [
      docs('concepts/services-networking/dns-pod-service'),
      docs('reference/setup-tools/kubeadm/generated/kubeadm_init_phase_addon_coredns'),
    ],
    verifiedOn: checked,
  },
]
