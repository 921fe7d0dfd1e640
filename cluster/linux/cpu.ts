/**
 * CPU accounting by cgroup.
 *
 * What we model: each process says how much CPU it wants; a cgroup gets that up to its limit, and the rest is throttled.
 * What we leave out: competition between cgroups (a machine is never short of CPU), memory.
 * Where to read upstream: Linux `kernel/sched/fair.c` (CFS bandwidth), cgroup v2 `cpu.stat`.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import type { Cgroup, LinuxState, Work } from './state.ts'
import { fail } from './state.ts'
import type { Syscall } from './syscall.ts'

/** The totals as of now. */
function settled(cgroup: Cgroup, now: Micros): Cgroup {
  const elapsed = now - cgroup.since
  if (elapsed <= 0) return cgroup
  const got = Math.min(cgroup.demandMilli, cgroup.limitMilli ?? Infinity)
  return {
    ...cgroup,
    usageMicros: cgroup.usageMicros + Math.floor((elapsed * got) / 1_000),
    throttledMicros: cgroup.throttledMicros + Math.floor((elapsed * (cgroup.demandMilli - got)) / 1_000),
    since: now,
  }
}

function cgroupAt(state: LinuxState, path: string, now: Micros): Cgroup {
  const present = state.cgroups.get(path)
  if (present) return settled(present, now)
  return { path, limitMilli: undefined, demandMilli: 0, usageMicros: 0, throttledMicros: 0, since: now }
}

/** Adds to (or takes from) what the processes of a cgroup want. */
export function changeDemand(work: Work, path: string, byMilli: number): void {
  if (path === '' || byMilli === 0) return
  const cgroup = cgroupAt(work.state, path, work.ctx.now)
  work.state.cgroups.set(path, { ...cgroup, demandMilli: Math.max(0, cgroup.demandMilli + byMilli) })
}

export function useCpu(work: Work, from: string, { milli }: Syscall<'useCpu'>): unknown {
  const process = work.state.processes.get(from)
  if (!process) return fail('ESRCH', `${from} has not opened its stream to the kernel`)
  if (!(milli >= 0)) return fail('EINVAL', `${milli} is not a number of thousandths of a CPU`)
  changeDemand(work, process.cgroup, milli - process.cpuMilli)
  work.state.processes.set(from, { ...process, cpuMilli: milli })
  return {}
}

export function setCpuLimit(work: Work, { cgroup, milli }: Syscall<'setCpuLimit'>): unknown {
  work.state.cgroups.set(cgroup, { ...cgroupAt(work.state, cgroup, work.ctx.now), limitMilli: milli })
  return {}
}

export function readCpu(work: Work, { cgroup }: Syscall<'readCpu'>): unknown {
  let usageMicros = 0
  let throttledMicros = 0
  for (const [path, present] of work.state.cgroups) {
    if (path !== cgroup && !path.startsWith(`${cgroup}/`)) continue
    const { usageMicros: usage, throttledMicros: throttled } = settled(present, work.ctx.now)
    usageMicros += usage
    throttledMicros += throttled
  }
  return { usageMicros, throttledMicros }
}
