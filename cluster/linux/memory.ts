/**
 * Memory by cgroup, and the kernel's last resort.
 *
 * What we model: each process says how much memory it holds; a cgroup that would go beyond its limit loses the process that
 * asks for more (`oom_kill`), and whoever set the limit is told, as containerd is by `memory.events`.
 * What we leave out: reclaim, swap, page cache; a machine without limits is never killed for: the kubelet evicts before that.
 * Where to read upstream: Linux `mm/memcontrol.c`, `mm/oom_kill.c`; cgroup v2 `memory.max`, `memory.current`, `memory.events`.
 */
import type { Body } from '#cluster/kernel/component.ts'
import type { KernelProcess, Work } from './state.ts'
import { fail } from './state.ts'
import type { Syscall } from './syscall.ts'

/** What is told of a cgroup that went beyond its limit. */
export interface OutOfMemory extends Body {
  readonly type: 'outOfMemory'
  readonly cgroup: string
}

const held = (work: Work, cgroup: string): number => {
  let bytes = 0
  for (const process of work.state.processes.values())
    if (process.cgroup === cgroup || process.cgroup.startsWith(cgroup === '' ? '/' : `${cgroup}/`))
      bytes += process.memoryBytes ?? 0
  return bytes
}

/** @returns a failure, or the process that is killed for it; undefined: it has what it asked for */
export function useMemory(
  work: Work,
  from: string,
  { bytes }: Syscall<'useMemory'>,
): object | KernelProcess | undefined {
  const { processes, memoryLimits } = work.state
  const process = processes.get(from)
  if (!process) return fail('ESRCH', `${from} has not opened its stream to the kernel`)
  if (!(bytes >= 0)) return fail('EINVAL', `${bytes} is no number of bytes`)
  processes.set(from, { ...process, memoryBytes: bytes })
  const limit = memoryLimits.get(process.cgroup)
  if (!limit || held(work, process.cgroup) <= limit.bytes) return undefined
  const body: OutOfMemory = { type: 'outOfMemory', cgroup: process.cgroup }
  // The end of its stream is its SIGKILL.
  work.effects.push({ type: 'send', to: limit.by, body }, { type: 'close', stream: process.stream })
  return process
}

export function setMemoryLimit(work: Work, by: string, { cgroup, bytes }: Syscall<'setMemoryLimit'>): object {
  work.state.memoryLimits.set(cgroup, { bytes, by })
  return {}
}

export const readMemory = (work: Work, { cgroup }: Syscall<'readMemory'>): { readonly usageBytes: number } => ({
  usageBytes: held(work, cgroup),
})
