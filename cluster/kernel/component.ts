/**
 * The one shape that every part of the simulation has.
 *
 * What the real one does: a process on a machine reacts to what reaches it (a request, a timer, an exit of a child) and
 * acts on the world (sends, writes, forks).
 * What we model: exactly that, as a pure step in the manner of etcd-raft: event in, ordered effects out, state as plain
 * data. Nothing happens inside a step; the kernel performs the effects. So a world can be checkpointed, forked and
 * rewound, and one trace of events is at once the debugger, the picture and the evidence.
 * What we leave out: threads inside a process. A step is atomic and takes a service time.
 * Where to read upstream: etcd-io/raft `node.go` (Ready), `doc.go`.
 */

/** Virtual time in whole microseconds. */
export type Micros = number

/** `machine/process`, for example `cp-1/kube-apiserver`. */
export type ProcessId = string

/** Number of a stream, from `ctx.id()`; unique within a world. */
export type StreamId = number

/** Everything that travels is a tagged, immutable, JSON-shaped value. Never compare bodies by identity. */
export interface Body {
  readonly type: string
}

/** What survived on the disk of a process: records per file, in the order in which they were appended. */
export type DiskImage = Readonly<Record<string, readonly unknown[]>>

export type CloseReason =
  /** The other side closed it; `body` is its last word, if any. */
  | 'done'
  /** The other side's process is gone. */
  | 'reset'
  /** Nobody listens there: the machine is up, the process is not. */
  | 'refused'
  /** No answer for as long as the keepalive allows: partition, or a machine without power. */
  | 'timeout'

export type Event =
  | { readonly type: 'booted'; readonly disk: DiskImage; readonly incarnation: number }
  | { readonly type: 'message'; readonly from: ProcessId; readonly body: Body }
  | { readonly type: 'opened'; readonly stream: StreamId; readonly from: ProcessId; readonly body: Body }
  | { readonly type: 'data'; readonly stream: StreamId; readonly body: Body }
  | { readonly type: 'closed'; readonly stream: StreamId; readonly reason: CloseReason; readonly body?: Body }
  | { readonly type: 'timer'; readonly key: string; readonly body?: Body }
  | { readonly type: 'persisted'; readonly id: number }
  | { readonly type: 'childExited'; readonly child: ProcessId; readonly code: number; readonly body?: Body }

export type Effect =
  /** A datagram: between machines it may be lost, doubled or reordered; within a machine it is reliable and ordered. */
  | { readonly type: 'send'; readonly to: ProcessId; readonly body: Body }
  /** Opens a stream (ordered, reliable) whose first message is `body`. The number comes from `ctx.id()`. */
  | { readonly type: 'open'; readonly stream: StreamId; readonly to: ProcessId; readonly body: Body }
  | { readonly type: 'write'; readonly stream: StreamId; readonly body: Body }
  /** Ends a stream; the other side hears `closed` with reason `done` and this body. Unknown streams are ignored. */
  | { readonly type: 'close'; readonly stream: StreamId; readonly body?: Body }
  /** One timer per key: a second wake with the same key replaces the first. */
  | { readonly type: 'wake'; readonly key: string; readonly after: Micros; readonly body?: Body }
  | { readonly type: 'cancelWake'; readonly key: string }
  /** Appends records to a file of this process. Lost in a crash until a later `persist` has come back. */
  | { readonly type: 'append'; readonly file: string; readonly records: readonly unknown[] }
  /** Removes a file; like an append it is safe only once persisted. */
  | { readonly type: 'remove'; readonly file: string }
  /** Syncs all files of this process. Effects after it in the same list leave only once the sync is durable. */
  | { readonly type: 'persist'; readonly id: number }
  /** Starts a process on the same machine. Its exit comes back as `childExited`. */
  | { readonly type: 'spawn'; readonly child: string; readonly component: string; readonly options: unknown }
  | { readonly type: 'kill'; readonly child: ProcessId; readonly code: number }
  /** Ends this process. */
  | { readonly type: 'exit'; readonly code: number; readonly body?: Body }

/** A named stream of chance. Same seed, process and name: the same numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number
  /** Uniform integer in [0, below). */
  int(below: number): number
}

/** What a step may ask of the outside. Valid during the step only; never keep it. */
export interface Context {
  /** This machine's wall clock: epoch + virtual time + the machine's skew, in microseconds. */
  readonly now: Micros
  readonly self: ProcessId
  readonly machine: string
  /** A number that nobody in this world had before. */
  id(): number
  random(name: string): Random
  /** Whether notes are kept: lets a step skip the work of a costly one. It must change nothing else. */
  readonly tracing: boolean
  /** Puts a remark into the trace: why something was decided. It changes nothing. */
  note(kind: string, detail: unknown): void
}

export interface Component<State = any, Options = any> {
  /** The binary's own name. */
  readonly name: string
  /** State as plain data: Tables, Logs and immutable values (see `fork.ts`). */
  init(options: Options): State
  /** May change its own state and nothing else; must not alter the event. */
  step(state: State, event: Event, ctx: Context): Effect[]
  /** How long this step keeps the process busy. Default 0. */
  serviceTime?(event: Event): Micros
}
