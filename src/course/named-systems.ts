/** Every system that the chapter names, or whose heir a lesson must name: each must appear in the prose of some lesson. */

export interface NamedSystem {
  name: string
  /** How it is found in a lesson's text. */
  pattern: RegExp
}

/** Names as they stand, and what they are found by where that is not the name. */
const names: (string | [name: string, pattern: RegExp])[] = [
  'kube-apiserver',
  ['secondary API server', /secondary API server|aggregated API server|APIService/i],
  'kube-scheduler',
  ['custom scheduler', /schedulerName|scheduler of your own|custom scheduler/i],
  'kube-controller-manager',
  'cloud-controller-manager',
  'etcd',
  'etcdctl',
  'etcdutl',
  'kubeadm',
  ['Raft leader', /\bleader\b/i],
  ['Raft follower', /\bfollowers?\b/i],
  ['Raft learner', /\blearners?\b/i],
  ['command line', /kubectl/],
  ['web interface', /web (user )?interface|dashboard/i],
  ['REST API', /\bREST/],
  'kubelet',
  'ImageService',
  'RuntimeService',
  ['gRPC client and server', /gRPC/],
  'containerd',
  'cri-containerd',
  'CRI-O',
  'Docker Engine',
  'dockershim',
  'cri-dockerd',
  'Mirantis Container Runtime',
  ['runC', /\brunc\b/i],
  'OCI',
  'quay.io',
  'Docker Hub',
  ['pause', /\bpause\b/i],
  ['network namespace', /network namespace/i],
  'CNI',
  ['bridge', /\bbridge\b/i],
  ['MACvlan', /macvlan/i],
  'host-local',
  'Flannel',
  'Weave',
  'Calico',
  'NetworkPolicy',
  'kube-proxy',
  'iptables',
  'ipvs',
  'nftables',
  'TCP',
  'UDP',
  'SCTP',
  'Service',
  'DNS',
  'Dashboard',
  ['monitoring', /monitoring|metrics-server/i],
  ['logging', /\blogs?\b|logging/i],
  'ConfigMap',
  'Secret',
  ['subnets', /subnets?|podCIDR|ServiceCIDR/i],
  ['labels', /\blabels?\b/i],
  ['affinity', /\baffinity\b/i],
  ['anti-affinity', /anti-affinity/i],
  ['taints', /\btaints?\b/i],
  ['topology of a cluster', /topology spread|topology/i],
  ['quality of service', /\bQoS\b|quality of service/i],
  ['place of data', /volume/i],
  ['stacked etcd', /stacked/i],
  ['external etcd', /external/i],
  ['snapshot, save and restore', /snapshot/i],
  ['compaction', /compact/i],
]

const plain = (name: string) => new RegExp(`(?<![\\w-])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`, 'i')

export const namedSystems: readonly NamedSystem[] = names.map((entry) =>
  typeof entry === 'string' ? { name: entry, pattern: plain(entry) } : { name: entry[0], pattern: entry[1] },
)
