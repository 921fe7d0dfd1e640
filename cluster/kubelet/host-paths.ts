/**
 * Volumes of the kind hostPath: files of the machine, as a container finds them when it is made.
 *
 * What we model: whatever the machine's programs have written there, such as the configuration of its network; what is no text is shown as JSON.
 * What we leave out: `type`, so that no path has to be there; that what a container writes reaches the machine. A hollow node has no
 * machine beneath it, and nothing there.
 * Where to read upstream: kubernetes/kubernetes `pkg/volume/hostpath/host_path.go`.
 */
import type { Pod } from '#cluster/api/types.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { SyscallBatch, SyscallReply } from '#cluster/linux/syscall.ts'
import { isFailure } from '#cluster/linux/syscall.ts'
import type { KubeletState } from './state.ts'

/** In the order of the volumes, each once. */
export const hostPathsOf = (pod: Pod): readonly string[] => [
  ...new Set((pod.spec.volumes ?? []).flatMap(({ hostPath }) => (hostPath ? [hostPath.path] : []))),
]

export const hostKey = (path: string): string => `host/${path}`

export const hasMachine = ({ options }: KubeletState, { self }: Context): boolean => options.runtime !== self

/** The path may name a file, or a folder. */
export function askMachine(state: KubeletState, ctx: Context, uid: string, path: string): Effect {
  const id = ctx.id()
  state.hostCalls.set(id, { uid, path })
  const whole = `/${path.split('/').filter(Boolean).join('/')}`
  const body: SyscallBatch = { type: 'syscall', id, calls: [{ call: 'readDirectory', path: whole }, { call: 'readFile', path: whole }] } // prettier-ignore
  return { type: 'send', to: state.options.linux, body }
}

/** Contents by path below what was asked for; of a file, by the empty path. */
export function filesIn({ results: [folder, file] }: SyscallReply, path: string): Readonly<Record<string, string>> {
  if (file !== undefined && !isFailure(file)) return { '': textOf((file as { data: unknown }).data) }
  if (folder === undefined || isFailure(folder)) return {}
  const { files } = folder as { readonly files: readonly (readonly [path: string, data: unknown])[] }
  const start = path.split('/').filter(Boolean).join('/').length
  const skipped = start === 0 ? 1 : start + 2
  return Object.fromEntries(files.map(([name, data]) => [name.slice(skipped), textOf(data)]))
}

const textOf = (data: unknown): string =>
  typeof data === 'string' ? data : `${JSON.stringify(data, undefined, 2) ?? ''}\n`
