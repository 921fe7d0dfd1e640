/** `kubectl run`: a Pod from a few flags. Where to read upstream: kubectl `pkg/cmd/run/run.go`. */
import { resourceNamed } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Invocation, Steps } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, namespaceOf, valueOf } from '../flags.ts'
import { make, MADE } from './made.ts'

export const runFlags: FlagSpec = {
  values: ['image', 'restart', 'env', 'port', 'labels', 'image-pull-policy', ...MADE],
  switches: ['command', 'expose', 'quiet'],
  shorts: { l: 'labels' },
}

export function* run({ args, flags, rest }: Invocation): Steps {
  const [name, ...more] = args
  if (name === undefined)
    throw new CommandError("error: NAME is required for run\nSee 'kubectl run -h' for help and examples")
  const image = valueOf(flags, 'image')
  if (!image) throw new CommandError('error: required flag(s) "image" not set')
  const restartPolicy = valueOf(flags, 'restart') ?? 'Always'
  if (!['Always', 'OnFailure', 'Never'].includes(restartPolicy))
    throw new CommandError(
      `error: invalid restart policy: ${restartPolicy}\nSee 'kubectl run -h' for help and examples`,
    )
  const words = [...more, ...rest]
  const pairs = (text: string | undefined): [string, string][] =>
    (text ?? '').split(',').filter(Boolean).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]) // prettier-ignore
  const env = pairs(valueOf(flags, 'env')).map(([key, value]) => ({ name: key, value }))
  const port = valueOf(flags, 'port')
  const pull = valueOf(flags, 'image-pull-policy')
  const container = {
    name,
    image,
    ...(words.length > 0 && (isSet(flags, 'command') ? { command: words } : { args: words })),
    ...(env.length > 0 && { env }),
    ...(port && { ports: [{ containerPort: Number(port) }] }),
    ...(pull && { imagePullPolicy: pull }),
  }
  const labels = valueOf(flags, 'labels') ? Object.fromEntries(pairs(valueOf(flags, 'labels'))) : { run: name }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: namespaceOf(flags), labels },
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy },
  }
  return yield* make({ resource: resourceNamed('pods'), object: pod as KubernetesObject }, flags)
}
