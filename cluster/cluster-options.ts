/**
 * What a cluster may be made of: its machines, what runs on them, and what its servers are told.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import type { ResourceList, Taint } from '#cluster/api/types.ts'
import type { Component, Micros } from '#cluster/kernel/component.ts'
import type { WorldOptions } from '#cluster/kernel/world.ts'
import type { ApiserverOptions } from '#cluster/kube-apiserver/state.ts'

export interface NodeSpecOptions {
  readonly name?: string
  readonly capacity?: ResourceList
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly Taint[]
  /**
   * A real kubelet with a runtime that runs nothing, and no other program: kubemark's hollow node, for clusters of thousands.
   * Default false.
   */
  readonly hollow?: boolean
}

/** Programs that machines may run, by the names of their processes; a kernel is on each. */
export const CONTROL_PLANE_PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const
export const NODE_PROGRAMS = ['kubelet', 'containerd', 'flanneld', 'kube-proxy'] as const
export type Program = (typeof CONTROL_PLANE_PROGRAMS)[number] | (typeof NODE_PROGRAMS)[number]

/** What speaks with the API server alone, and so may be somebody else's. */
export const REPLACEABLE = ['kube-scheduler', 'kube-controller-manager'] as const satisfies readonly Program[]
export type Replaceable = (typeof REPLACEABLE)[number]

export interface MachineOptions {
  readonly name: string
  /** Of the control plane's programs, each counts on the first machine that has it. */
  readonly runs: readonly Program[]
}

export interface ClusterOptions {
  readonly seed: number
  /** How many workers, or each by itself. Default 3. */
  readonly nodes?: number | readonly NodeSpecOptions[]
  /** Machines of the control plane; more than one stand behind a load balancer. Default 1. */
  readonly controlPlanes?: number
  /** Programs of the control plane that no machine runs: somebody else's do their work, from outside. */
  readonly without?: readonly Replaceable[]
  /** Machines and what each of them runs, in place of `nodes` and `controlPlanes`: a cluster of which parts may be missing. */
  readonly machines?: readonly MachineOptions[]
  /** Members of etcd. Default 1. */
  readonly etcdMembers?: number
  /**
   * Where etcd's members are: `stacked` on the machines of the control plane, each API server asking its own (as many
   * machines, unless `controlPlanes` says more); `external` on machines of their own, `etcd-1` …, each API server asking all.
   * Default stacked.
   */
  readonly topology?: 'stacked' | 'external'
  /** Who may do what. Default: everybody everything; with the full chain `Node,RBAC`, as kubeadm has it. */
  readonly authorization?: 'AlwaysAllow' | 'RBAC' | 'Node,RBAC'
  /**
   * What a request passes: `full` as kubeadm sets it up, with accounts and tokens for Pods and every admission plugin; `short`
   * with the few stages that lessons need in which each message counts. Default short.
   */
  readonly chain?: 'short' | 'full'
  /**
   * Which Events there are: `few` are those of the scheduler and of controllers; `all` adds what kubelets tell of Pods, containers and
   * nodes, as in a real cluster. Default: all with the full chain, few with the short one, since each is a write more.
   */
  readonly events?: 'few' | 'all'
  /** Bearer tokens that the API servers know, and whose they are. */
  readonly tokens?: Readonly<Record<string, UserInfo>>
  /** Other options of the API servers. */
  readonly apiServer?: Partial<ApiserverOptions>
  /** Wall clock at virtual time 0, in microseconds since 1970. */
  readonly epochMicros?: Micros
  /** Where Pods' addresses come from, a /24 for each node. Default 10.244.0.0/16, which is enough for 256 nodes. */
  readonly clusterCIDR?: string
  /** Components that take the place of the usual ones, or that come in addition, by name. */
  readonly components?: Readonly<Record<string, Component>>
  /** Whether scheduler and controller manager act only while they hold their Lease. Default: where there are several of them. */
  readonly leaderElect?: boolean
  /** Controllers that the kube-controller-manager is not to run. */
  readonly disabledControllers?: readonly string[]
  /** Whether CoreDNS is deployed. Default true. */
  readonly dns?: boolean
  /** Whether metrics-server is deployed; it wants the full chain. Default false. */
  readonly metrics?: boolean
  /** Whether control-plane machines are Nodes too, tainted for the control plane. Default true. */
  readonly controlPlaneNode?: boolean
  /** Whether kubelets end Pods when memory runs short. Default false: programs that say nothing of their memory use none. */
  readonly nodePressureEviction?: boolean
  readonly defaultLink?: WorldOptions['defaultLink']
  readonly choose?: WorldOptions['choose']
  readonly onDefect?: WorldOptions['onDefect']
}
