/** What happens on a machine, in words: calls of the kubelet to the runtime, CNI plugins, system calls, packets. */
import type { CriError, CriRequest } from '#cluster/container-runtime/cri.ts'
import type { CniResult, Invocation } from '#cluster/cni/spec.ts'
import { isCniError } from '#cluster/cni/spec.ts'
import type { Body, ProcessId } from '#cluster/kernel/component.ts'
import type { Frame } from '#cluster/linux/packet.ts'
import { describe as describePacket, formatDestination, formatSource } from '#cluster/linux/packet.ts'
import type { ProcessStart, Syscall, SyscallBatch, SyscallReply } from '#cluster/linux/syscall.ts'
import { failureOf } from '#cluster/linux/syscall.ts'
import type { Words } from './described.ts'

/** Calls that a kubelet repeats to see whether anything has changed. */
const LOOKING = new Set(['Version', 'Status', 'ListPodSandbox', 'ListContainers', 'ListImages', 'GetContainerEvents', 'ContainerStatus', 'PodSandboxStatus', 'ImageStatus', 'ExecSync']) // prettier-ignore

export function describeCri(request: CriRequest): Words {
  const { call } = request
  const details = request as { config?: { metadata?: { name?: string } }; image?: string }
  const name = details.config?.metadata?.name ?? (typeof details.image === 'string' ? details.image : '')
  return { kind: 'cri', label: call, verb: call, resource: '', name, background: LOOKING.has(call) }
}

export function describeCriReply(body: Body, asked: Words | undefined): Words {
  const verb = asked?.verb ?? ''
  const base = {
    kind: 'criReply',
    verb,
    resource: '',
    name: asked?.name ?? '',
    background: asked?.background ?? false,
  } as const
  if (body.type === 'criError') return { ...base, label: (body as CriError).message, failed: true, background: false }
  const ip = (body as { status?: { network?: { ip?: string } } }).status?.network?.ip
  return { ...base, label: ip ? `${verb} done: ${ip}` : `${verb} done` }
}

export function describeContainerEvent(body: Body): Words {
  const event = body as Body & { containerEventType: string; podSandboxStatus?: { metadata: { name: string } } }
  const verb = event.containerEventType
  const label = verb
    .replace(/_EVENT$/, '')
    .replace('_', ' ')
    .toLowerCase()
  return { kind: 'watch', label, verb, resource: 'containers', name: event.podSandboxStatus?.metadata.name ?? '' }
}

export const isInvocation = (options: unknown): options is Invocation =>
  typeof options === 'object' && options !== null && 'env' in options && 'stdin' in options && 'CNI_COMMAND' in (options as Invocation).env // prettier-ignore

export function describePlugin(component: string, { env }: Invocation): Words {
  const name = /K8S_POD_NAME=([^;]*)/.exec(env.CNI_ARGS ?? '')?.[1] ?? ''
  const verb = env.CNI_COMMAND
  return { kind: 'cni', label: `${verb} ${component}`, verb, resource: component, name, background: verb === 'STATUS' }
}

/** The last word of a plugin. */
export function describePluginExit(body: Body | undefined, code: number, asked: Words): Words {
  const output = (body as { output?: unknown } | undefined)?.output
  const base = { ...asked, kind: 'cniResult' } as const
  if (isCniError(output)) return { ...base, label: `${asked.resource}: ${output.msg}`, failed: true, background: false }
  if (code !== 0) return { ...base, label: `${asked.resource} died (${code})`, failed: true, background: false }
  const address = (output as CniResult | undefined)?.ips?.[0]?.address
  return { ...base, label: address ? `${asked.resource}: ${address}` : `${asked.resource}: done` }
}

/** A health check of a kubelet is one `exchange`. */
const isProbe = (calls: readonly Syscall[]): boolean => calls.length === 1 && calls[0]!.call === 'exchange'

export function describeSyscalls(body: Body, from: ProcessId | undefined): Words {
  const batch = body.type === 'process' ? (body as ProcessStart).batch : (body as SyscallBatch)
  if (!batch) return { kind: 'syscall', label: 'starts', verb: 'process', resource: '', name: '', background: true }
  const names = batch.calls.flatMap((call) =>
    call.call === 'netlink' ? call.operations.map(({ op }) => op) : [call.call],
  )
  const label = [...new Set(names)].join(', ')
  const probes = isProbe(batch.calls) && from?.endsWith('/kubelet') === true
  return { kind: 'syscall', label, verb: names[0] ?? '', resource: '', name: pathIn(batch.calls), background: probes }
}

function pathIn(calls: readonly Syscall[]): string {
  for (const call of calls) {
    if ('path' in call) return call.path
    if ('address' in call && call.address !== undefined && 'port' in call) return `${call.address}:${call.port}`
  }
  return ''
}

export function describeSyscallReply(reply: SyscallReply): Words {
  const failure = failureOf(reply)
  const base = { kind: 'syscallReply', verb: 'reply', resource: '', name: '', background: !failure } as const
  return failure ? { ...base, label: `${failure.errno}: ${failure.message}`, failed: true } : { ...base, label: 'done' }
}

export function describeFrame({ packet }: Frame): Words {
  const what = describePacket(packet)
  const label = `${packet.protocol.toUpperCase()} ${what}`
  const name = `${formatSource(packet)} → ${formatDestination(packet)}`
  return { kind: 'packet', label, verb: what, resource: packet.protocol, name, failed: packet.icmp !== undefined }
}
