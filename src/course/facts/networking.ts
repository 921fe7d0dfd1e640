/** Then and now: networking (H16 to H19). */
import { docs, type Fact, k8s } from './fact.ts'

const checked = '2026-11-26'

export const networkingFacts: readonly Fact[] = [
  {
    id: 25,
    claims: [138, 143, 144],
    verdict: 'IMPRECISE',
    lessons: ['pod-to-pod'],
    en: {
      said: 'CNI was said to fetch the address from a plugin and hand it to the runtime.',
      holds:
        'more exactly: the *runtime* executes the plugin; the main plugin executes a second one for the address; the result comes back the same way.',
    },
    sources: ['https://github.com/containernetworking/cni/blob/main/SPEC.md'],
    verifiedOn: checked,
  },
  {
    id: 26,
    claims: [141, 142],
    verdict: 'OUTDATED',
    lessons: ['pod-to-pod'],
    en: {
      said: 'Weave was one of the three usual names.',
      holds:
        'its company is gone (2024) and its repositories are archived. And Flannel alone enforces no policy: the API accepts it, and nothing happens.',
    },
    sources: [
      'https://github.com/weaveworks/weave/issues/4003',
      'https://github.com/cncf/landscape/pull/4023',
      'https://github.com/flannel-io/flannel/blob/master/README.md',
      docs('concepts/services-networking'),
    ],
    verifiedOn: checked,
  },
  {
    id: 27,
    claims: [146],
    verdict: 'WRONG',
    lessons: ['pod-to-external'],
    en: {
      said: 'Services were said to be stored in iptables.',
      holds:
        'as ever, Services and EndpointSlices are stored in etcd. Each node *derives* rules from them: iptables, nftables, ipvs or eBPF.',
    },
    sources: [docs('reference/networking/virtual-ips'), docs('concepts/services-networking')],
    verifiedOn: checked,
  },
  {
    id: 28,
    claims: [147],
    verdict: 'IMPRECISE',
    lessons: ['pod-to-external'],
    en: {
      said: 'the virtual address and a port were said to make an application reachable from outside.',
      holds:
        'as ever, a ClusterIP cannot be reached from outside. A NodePort, a LoadBalancer, an Ingress or the Gateway API is needed. `externalIPs` is deprecated since v1.36; ingress-nginx retired in March 2026.',
    },
    sources: [
      docs('concepts/services-networking/service'),
      'https://github.com/kubernetes/enhancements/issues/5707',
      'https://github.com/kubernetes/ingress-nginx',
    ],
    verifiedOn: checked,
    k8sVersion: '1.36',
  },
  {
    id: 31,
    claims: [131],
    verdict: 'IMPRECISE',
    lessons: ['container-to-container'],
    en: {
      said: 'the pause container was said to exist for the network namespace alone.',
      holds:
        'it holds the whole sandbox: network, IPC and host name; where processes are shared it also reaps orphans. CRI-O may do without it, and a runtime with virtual machines uses the machine.',
    },
    sources: [
      'https://github.com/containerd/containerd/blob/main/internal/cri/opts/spec_opts.go',
      k8s('build/pause/linux/pause.c'),
      'https://github.com/cri-o/cri-o/blob/main/docs/crio.conf.5.md',
    ],
    verifiedOn: checked,
  },
  {
    id: 32,
    claims: [129],
    verdict: 'IMPRECISE',
    lessons: ['container-to-container'],
    en: {
      said: 'each container was said to have a network of its own.',
      holds: 'in Kubernetes, as ever, each *Pod* has one, and its containers share it.',
    },
    sources: [docs('concepts/services-networking')],
    verifiedOn: checked,
  },
  {
    id: 33,
    claims: [134],
    verdict: 'OK+',
    lessons: ['pod-to-pod'],
    en: {
      said: 'no address is translated between Pods.',
      holds:
        'that holds. But traffic to a *Service* is translated once, at the client’s node, and traffic that leaves the cluster usually takes the node’s address.',
    },
    sources: [
      docs('concepts/services-networking'),
      docs('reference/networking/virtual-ips'),
      docs('tasks/administer-cluster/ip-masq-agent'),
    ],
    verifiedOn: checked,
  },
  {
    id: 34,
    claims: [136],
    verdict: 'OK+',
    lessons: ['pod-to-pod'],
    en: {
      said: 'each Pod has one unique address.',
      holds:
        'mind two exceptions: a Pod with `hostNetwork` uses its node’s, and in a dual-stack cluster a Pod has two, IPv4 and IPv6.',
    },
    sources: [docs('concepts/services-networking/dual-stack'), k8s('staging/src/k8s.io/api/core/v1/types.go')],
    verifiedOn: checked,
  },
  {
    id: 41,
    claims: [128],
    verdict: 'IMPRECISE',
    lessons: ['networking-challenges'],
    en: {
      said: 'the network’s problems were to be solved before anything is deployed.',
      holds:
        'as ever, you may deploy first: Pods wait. A node stays `NotReady` until a CNI configuration lies on its disk.',
    },
    sources: [
      docs('reference/setup-tools/kubeadm/generated/kubeadm_init_phase_addon_coredns'),
      'https://github.com/containerd/containerd/discussions/10290',
    ],
    verifiedOn: checked,
  },
]
