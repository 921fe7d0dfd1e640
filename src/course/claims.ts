/**
 * What the chapter claims, sentence by sentence and in our own words: what the lessons must carry, each under its number.
 *
 * A lesson marks a claim in a comment before its paragraph, as `C48`. `coverage.ts` finds the marks; `claims.test.ts`
 * fails when a written lesson leaves one out. The chapter is that of 2022: a claim may be outdated or wrong, and then a row of
 * `facts/` says so.
 */

export interface Claim {
  number: number
  /** The section that makes it, H1 to H19. */
  section: string
  text: string
  /** Figures of the course that show it, whether they are built yet or not. */
  figures: readonly string[]
}

/** Rows by section, in the order of their numbers but where the chapter says a thing twice. */
const bySection: Record<string, [number: number, text: string, figures?: string][]> = {
  H1: [
    [
      1,
      'The chapter treats the architecture, the nodes’ components, the store, the network; CNI is called the network specification',
    ],
    [
      2,
      'Four aims: discuss the architecture, explain the components, discuss state in etcd, review the network’s needs',
    ],
  ],
  H2: [
    [3, 'A cluster is machines with distinct roles', 'F01'],
    [4, 'There is at least one control-plane node', 'F01'],
    [5, 'Worker nodes are optional, but advised', 'F01'],
    [6, 'A picture of all components and their connections', 'F02'],
  ],
  H3: [
    [7, 'A control-plane node is where the agents run that manage the cluster’s state', 'F03'],
    [8, 'It is the brain behind all that happens in the cluster', 'F03'],
    [9, 'Its components are agents with very different roles', 'F03'],
    [10, 'Users reach it by a command line, a web interface or the API', 'F06'],
    [11, 'Losing the control plane means downtime for clients', 'F03'],
    [12, 'Replicas of control-plane nodes make it highly available', 'F04'],
    [13, 'One replica is active, the others are kept in step', 'F04'],
    [14, 'So the control plane survives the loss of its active node', 'F04'],
    [15, 'All configuration is in a distributed key-value store, without data of client workloads', 'F16'],
    [16, 'The store is stacked on control-plane nodes, or external on hosts of its own', 'F05'],
    [17, 'With stacked nodes, high availability covers the store too', 'F05'],
    [18, 'An external store must be replicated by itself, at the cost of hardware', 'F05'],
  ],
  H4: [
    [19, 'The control plane’s own: API server, scheduler, controller managers, key-value store', 'F01'],
    [20, 'Its node also runs a container runtime, a node agent and a proxy', 'F01'],
    [21, 'And, as options, addons for monitoring and logging', 'F01'],
  ],
  H5: [
    [22, 'The kube-apiserver coordinates all administrative tasks', 'F06'],
    [23, 'It takes REST calls of users, administrators, developers, operators and agents from outside', 'F06'],
    [24, 'It validates and processes them', 'F06'],
    [25, 'It reads the present state from the store and saves the result there', 'F06'],
    [26, 'It alone talks to the store', 'F02'],
    [27, 'It can be configured and customised', 'F04'],
    [28, 'It scales horizontally', 'F04'],
    [29, 'Secondary API servers make it a proxy that routes calls by rules', 'F07'],
    [64, 'It stands between the store and every agent that asks for the state', 'F08'],
  ],
  H6: [
    [30, 'The scheduler assigns new objects, such as Pods, to nodes, usually workers', 'F09'],
    [31, 'It decides by the cluster’s state and the object’s requirements', 'F10'],
    [32, 'It gets each worker’s resource usage from the store by way of the API server', 'F10'],
    [33, 'It gets the requirements from the API server, as part of the object’s configuration', 'F10'],
    [34, 'A requirement may be a label of the node, such as disk==ssd', 'F09'],
    [35, 'Quality of service counts', 'F10'],
    [36, 'So does the place of data', 'F09'],
    [37, 'Affinity', 'F11'],
    [38, 'Anti-affinity', 'F11'],
    [39, 'Taints and tolerations', 'F11'],
    [40, 'The cluster’s topology', 'F11'],
    [41, 'Predicates filter the nodes', 'F09'],
    [42, 'Priorities score what is left, and one node is chosen', 'F09'],
    [43, 'The outcome goes back to the API server, which delegates the rest to other agents', 'F02'],
    [44, 'Policies, plugins and profiles configure it', 'F12'],
    [45, 'Custom schedulers may run beside it', 'F12'],
    [46, 'An object names its scheduler; otherwise the default one is taken', 'F12'],
    [47, 'Scheduling is complex with many nodes, and plain with one', 'F09'],
  ],
  H7: [
    [48, 'Controller managers run controllers, or operators, that regulate the cluster’s state', 'F13'],
    [
      49,
      'They watch, and compare desired state with current state read from the store by way of the API server',
      'F13',
    ],
    [50, 'On a mismatch they act until the two agree', 'F13'],
    [51, 'The kube-controller-manager acts when nodes become unavailable', 'F14'],
    [52, 'It keeps the number of Pods as wanted', 'F02'],
    [53, 'It creates endpoints', 'F22'],
    [54, 'It creates service accounts', 'F06'],
    [55, 'It creates API access tokens', 'F06'],
    [56, 'The cloud-controller-manager deals with the provider when nodes become unavailable', 'F15'],
    [57, 'It manages the provider’s storage volumes', 'F15'],
    [58, 'It manages load balancers', 'F15'],
    [59, 'It manages routing', 'F15'],
  ],
  H8: [
    [60, 'etcd is an open-source project of the CNCF'],
    [61, 'It is a strongly consistent, distributed key-value store', 'F17'],
    [62, 'Data is appended and never replaced', 'F16'],
    [63, 'Obsolete data is compacted from time to time', 'F16'],
    [65, 'etcdctl saves snapshots and restores them', 'F18'],
    [66, 'In staging and production the store is replicated', 'F17'],
    [67, 'kubeadm sets up stacked etcd by default', 'F05'],
    [68, 'A picture of the stacked topology', 'F05'],
    [69, 'An external topology isolates the store on hosts of its own', 'F05'],
    [70, 'A picture of the external topology', 'F05'],
    [71, 'Both topologies can be highly available', 'F05'],
    [72, 'Raft lets machines work as one group that survives the loss of some', 'F17'],
    [73, 'At any time one is the leader, the rest are followers', 'F17'],
    [74, 'Elections are handled, and the loss of the leader is survived', 'F17'],
    [75, 'Any node can be treated as leader', 'F17'],
    [76, 'A picture of the leader and its followers', 'F17'],
    [77, 'etcd is written in Go'],
    [78, 'It also holds configuration: subnets, ConfigMaps, Secrets', 'F16'],
  ],
  H9: [
    [79, 'A worker node is where client applications run', 'F19'],
    [80, 'Applications are containers in Pods, controlled from the control plane', 'F19'],
    [81, 'On workers Pods find compute, memory and storage', 'F10'],
    [82, 'And a network to talk to each other and to the outside', 'F19'],
    [83, 'A Pod is the smallest unit of scheduling: one or more containers together', 'F19'],
    [84, 'It is started, stopped or rescheduled as one', 'F19'],
    [85, 'Client traffic is handled by the workers and does not pass the control plane', 'F30'],
  ],
  H10: [[86, 'A worker has a container runtime, the kubelet, kube-proxy, and addons', 'F01']],
  H11: [
    [87, 'Kubernetes cannot run containers by itself', 'F20'],
    [88, 'It needs a container runtime on the node', 'F20'],
    [89, 'On every node, control plane and workers alike', 'F20'],
    [90, 'CRI-O is light, and supports quay.io and Docker Hub', 'F20'],
    [91, 'containerd is simple, robust and portable', 'F20'],
    [92, 'Docker is a platform that uses containerd', 'F20'],
    [93, 'Mirantis Container Runtime was Docker Enterprise Edition', 'F20'],
  ],
  H12: [
    [94, 'The kubelet runs on every node and talks to the control plane', 'F21'],
    [95, 'It gets Pod definitions primarily from the API server', 'F21'],
    [96, 'It has the container runtime run the Pod’s containers', 'F21'],
    [97, 'It watches their health and resources', 'F21'],
    [98, 'It reaches runtimes through a plugin interface, the CRI', 'F20'],
    [99, 'The CRI is protocol buffers, a gRPC API and libraries, with more under development', 'F20'],
    [100, 'A shim stands between the kubelet and the runtime', 'F20'],
    [101, 'A picture: the kubelet is the gRPC client, the shim the server', 'F20'],
    [102, 'The ImageService does what concerns images', 'F20'],
    [103, 'The RuntimeService does what concerns Pods and containers', 'F20'],
    [104, 'Runtimes used to be compiled into the kubelet', 'F20'],
    [105, 'Now any runtime that implements the CRI can be used', 'F20'],
  ],
  H13: [
    [106, 'Shims are adapters, one for each runtime', 'F20'],
    [107, 'cri-containerd lets the kubelet use containerd', 'F20'],
    [108, 'CRI-O lets it use any OCI runtime, such as runC', 'F20'],
    [109, 'dockershim calls Docker, and was the default since the beginning', 'F20'],
    [110, 'Since v1.24 the project does not maintain it', 'F20'],
    [111, 'cri-dockerd, by Docker and Mirantis, takes its place', 'F20'],
    [112, 'It also serves Mirantis Container Runtime; a page answers questions about the removal', 'F20'],
  ],
  H14: [
    [113, 'kube-proxy runs on each node and keeps its networking rules', 'F22'],
    [114, 'It hides how Pods are networked, and forwards connections to their containers', 'F22'],
    [115, 'It forwards TCP', 'F22'],
    [116, 'It forwards UDP', 'F22'],
    [117, 'It forwards SCTP, as streams or at random over the backends', 'F22'],
    [118, 'It implements the rules that users define by Services', 'F22'],
  ],
  H15: [
    [119, 'Cluster DNS assigns records to objects', 'F24'],
    [120, 'The Dashboard is a web interface for managing the cluster', 'F25'],
    [121, 'Monitoring collects metrics in a central store', 'F25'],
    [122, 'Logging collects logs in a central store', 'F25'],
  ],
  H16: [
    [123, 'Microservices rely on the network', 'F22'],
    [124, 'First challenge: container to container inside a Pod', 'F26'],
    [125, 'Second: Pod to Pod, on one node and across nodes', 'F28'],
    [126, 'Third: Pod to Service', 'F22'],
    [127, 'Fourth: from outside to a Service', 'F30'],
    [128, 'All must be solved before a cluster is deployed', 'F27'],
  ],
  H17: [
    [129, 'The kernel gives each container an isolated network space, a network namespace', 'F26'],
    [130, 'Containers may share one, with each other or with the host', 'F26'],
    [131, 'A pause container is made only to create the Pod’s network namespace', 'F26'],
    [132, 'The others join it and talk over localhost', 'F26'],
  ],
  H18: [
    [133, 'Where a Pod lands is nearly unpredictable', 'F09'],
    [134, 'Any Pod reaches any Pod, on any node, without NAT', 'F27'],
    [135, 'Every network for Kubernetes must fulfil this', 'F27'],
    [136, 'Pods are like machines on a network: one IP address each', 'F26'],
    [137, 'Containers of a Pod share its ports, and localhost', 'F26'],
    [138, 'CNI is a specification and libraries by which plugins set up the network', 'F27'],
    [139, 'There are a few core plugins', 'F27'],
    [140, 'Most are software-defined networks by third parties', 'F28'],
    [141, 'Some support network policies', 'F29'],
    [142, 'Flannel, Weave and Calico are such networks', 'F28'],
    [143, 'A picture: the runtime, CNI, its plugins', 'F27'],
    [144, 'The runtime leaves the address to CNI, which gets it from a plugin and hands it back', 'F27'],
  ],
  H19: [
    [145, 'Applications may need to be reached from outside', 'F30'],
    [146, 'Services wrap routing rules, kept in iptables by kube-proxy', 'F30'],
    [147, 'They are reached by a virtual address and a port', 'F30'],
  ],
}

export const claims: readonly Claim[] = Object.entries(bySection)
  .flatMap(([section, rows]) =>
    rows.map(([number, text, figures = '']) => ({
      number,
      section,
      text,
      figures: figures.split(' ').filter((id) => id !== ''),
    })),
  )
  .toSorted((a, b) => a.number - b.number)
