/**
 * The kubeconfig: which cluster one speaks to, as whom, and in which namespace.
 *
 * What the real one does: merges the files that $KUBECONFIG names, or reads ~/.kube/config.
 * What we model: one file, kept with the state of this kubectl: a cluster, its administrator, and contexts over them.
 * What we leave out: other clusters and other people's credentials, for there is no server and no certificate behind them here
 * (`--as` asks as somebody else); --kubeconfig, --cluster, --user, --token.
 * Where to read upstream: client-go `tools/clientcmd`.
 */
import { CommandError } from './command-error.ts'
import type { Flags } from './flags.ts'
import { CONTEXT_NAMESPACE, valueOf } from './flags.ts'

export interface KubeContext {
  readonly cluster: string
  readonly user: string
  readonly namespace?: string
}

export interface Kubeconfig {
  readonly contexts: Readonly<Record<string, KubeContext>>
  /** Undefined: none is set. */
  readonly current: string | undefined
}

export const CLUSTER = { name: 'clusterwright', server: 'https://kubernetes.default.svc' } as const
export const ADMIN = 'kubernetes-admin'
export const FILE = '/root/.kube/config'

export const FIRST: Kubeconfig = {
  contexts: { admin: { cluster: CLUSTER.name, namespace: 'default', user: ADMIN } },
  current: 'admin',
}

const contextNamed = ({ contexts }: Kubeconfig, name: string): KubeContext | undefined =>
  Object.hasOwn(contexts, name) ? contexts[name] : undefined

/**
 * The flags of a line, and what the context says beside them. Throws a CommandError where the context leads nowhere.
 * @param config as it was when the line was typed
 */
export function inContext(config: Kubeconfig, flags: Flags): Flags {
  const asked = valueOf(flags, 'context')
  const name = asked ?? config.current
  const context = name === undefined ? undefined : contextNamed(config, name)
  if (!context && name !== undefined)
    throw new CommandError(`Error in configuration: context was not found for specified context: ${name}`)
  if (context?.cluster !== CLUSTER.name)
    throw new CommandError('The connection to the server localhost:8080 was refused - did you specify the right host or port?') // prettier-ignore
  const { user, namespace } = context
  // The real one asks for a name and a password here, which no API server takes any more.
  if (user === '')
    throw new CommandError(`error: the context ${name} has no user: kubectl config set-context ${name} --user=${ADMIN}`)
  if (user !== ADMIN) throw new CommandError(`error: auth info "${user}" does not exist`)
  return namespace ? { ...flags, [CONTEXT_NAMESPACE]: namespace } : flags
}
