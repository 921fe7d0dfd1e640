/**
 * What the outside world may do to a world: faults, repairs and messages, as plain data.
 *
 * Commands go through the queue like everything else, so a run with faults is replayed from its list of commands.
 */
import type { Body, DiskImage, Micros, ProcessId } from './component.ts'
import type { Link } from './network.ts'

export type Command =
  /** The process dies; unsynced writes are lost, its streams are reset. A supervisor may start it again. */
  | { readonly type: 'crash'; readonly process: ProcessId }
  /** Starts a process that is down. */
  | { readonly type: 'start'; readonly process: ProcessId }
  /** Stops it on purpose: like a crash, and no supervisor starts it again. */
  | { readonly type: 'stop'; readonly process: ProcessId }
  /** It stands still (SIGSTOP, a long collection): what arrives waits. */
  | { readonly type: 'pause'; readonly process: ProcessId }
  | { readonly type: 'resume'; readonly process: ProcessId }
  /** Power off: every process on it dies, and nobody is told. */
  | { readonly type: 'powerOff'; readonly machine: string }
  | { readonly type: 'powerOn'; readonly machine: string }
  /** Cuts all directions between machines of different groups; machines in no group are not touched. */
  | { readonly type: 'partition'; readonly groups: readonly (readonly string[])[] }
  /** Cuts one direction. */
  | { readonly type: 'block'; readonly from: string; readonly to: string }
  | { readonly type: 'unblock'; readonly from: string; readonly to: string }
  /** Mends every cut. */
  | { readonly type: 'heal' }
  /** Changes one direction of a link (`undefined` link: back to the default). */
  | { readonly type: 'link'; readonly from: string; readonly to: string; readonly link: Link | undefined }
  /** Sets a machine's clock apart from true time. */
  | { readonly type: 'skew'; readonly machine: string; readonly skewMicros: Micros }
  | { readonly type: 'slowDisk'; readonly machine: string; readonly fsyncMicros: Micros }
  /** What is on the disk of a process that is down is thrown away, and this is there instead. */
  | { readonly type: 'replaceDisk'; readonly process: ProcessId; readonly files: DiskImage }
  /** A message from outside, for example what somebody types. */
  | { readonly type: 'tell'; readonly process: ProcessId; readonly body: Body }
