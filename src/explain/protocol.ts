/** What the view of a decision and the world in a worker say to each other: plain JSON. */
import type { Micros } from '#cluster/kernel/component.ts'

/** On a node: its labels, taints, cordon and room. On the Pod: what it asks for. On the scheduler: its plugins. */
export type WhatIfKind =
  'label' | 'taint' | 'cordon' | 'uncordon' | 'capacity' | 'request' | 'selector' | 'toleration' | 'weight' | 'without'

/** One thing that is otherwise. */
export interface WhatIf {
  readonly kind: WhatIfKind
  /** A node or a plugin; empty for the Pod. */
  readonly target: string
  /** As one types it: `disk=ssd`, `disk-`, `gpu=yes:NoSchedule`, `cpu=2`; a weight's number; empty where there is nothing to say. */
  readonly value: string
}

export interface PodRef {
  readonly namespace: string
  readonly name: string
}

/** A Pod that can be asked about. */
export interface AskablePod extends PodRef {
  /** Where it is; undefined: nowhere yet. */
  readonly node: string | undefined
  /** What it demands, in the manifest's own words, one demand each. */
  readonly demands: readonly string[]
}

export interface ExplainRequest extends PodRef {
  /** Which of the attempts that the scheduler remembers, from 0; `anew`: it is asked again, with the changes. */
  readonly attempt: number | 'newest' | 'anew'
  readonly changes: readonly WhatIf[]
}

export interface PluginScore {
  readonly plugin: string
  readonly raw: number
  /** 0 to 100. */
  readonly normalized: number
  readonly weight: number
  readonly weighted: number
}

export interface Room {
  readonly resource: string
  /** Thousandths of a unit, as sums are kept: of a CPU, of a byte. */
  readonly requested: number
  readonly allocatable: number
}

/** What of a node a plugin may have read. */
export interface NodeFacts {
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly string[]
  readonly unschedulable: boolean
  readonly room: readonly Room[]
}

/** `unseen`: enough others had been found, or PreFilter had named others. */
export type Outcome = 'chosen' | 'fits' | 'refused' | 'unseen'

export interface NodeVerdict {
  readonly node: string
  readonly outcome: Outcome
  /** Who refused it; empty for the others. */
  readonly plugin: string
  readonly reasons: readonly string[]
  /** Weighted sum; undefined where nothing was scored. */
  readonly total: number | undefined
  readonly scores: readonly PluginScore[]
  readonly facts: NodeFacts
}

/** One look of the scheduler at a Pod. */
export interface Explained {
  readonly pod: AskablePod
  /** In order of their names. Empty: no scheduler has looked at the Pod. */
  readonly nodes: readonly NodeVerdict[]
  readonly chosen: string | undefined
  readonly tiedWith: readonly string[]
  /** The Event that the scheduler wrote about it, word by word; undefined: it wrote none. */
  readonly event: { readonly type: string; readonly reason: string; readonly message: string } | undefined
  readonly at: Micros
  readonly attempt: number
  /** Attempts that the scheduler remembers of this Pod, oldest first. */
  readonly attempts: readonly { readonly at: Micros; readonly chosen: string | undefined }[]
  readonly schedulerName: string
  /** Those that filter or score for it, in order. */
  readonly plugins: readonly PluginPart[]
}

export interface PluginPart {
  readonly name: string
  readonly filters: boolean
  /** Undefined: it does not score. */
  readonly weight: number | undefined
}

export interface ExplainRequests {
  /** Makes a world of so many nodes. */
  open: [{ readonly nodes: number }, undefined]
  pods: [undefined, readonly AskablePod[]]
  explain: [ExplainRequest, Explained]
}
