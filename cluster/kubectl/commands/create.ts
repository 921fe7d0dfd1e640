/** `kubectl create`: new objects from a manifest, or a namespace or Deployment from a few words. */
import type { Deployment, KubernetesObject } from '#cluster/api/types.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { createRequest, isOk, messageOf } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { valueOf } from '../flags.ts'
import { readManifests } from '../manifest.ts'
import { printedName } from '../resource-arguments.ts'
import { namespaceOf, summary, wholeNumber } from './outcome.ts'

export const createFlags: FlagSpec = { values: ['filename', 'image', 'replicas', 'port', 'from-literal'] }

export function* create(invocation: Invocation): Steps {
  const { flags, args } = invocation
  const objects = flags['filename'] === undefined ? [generated(invocation)] : readManifests(invocation)
  if (flags['filename'] !== undefined && args.length > 0)
    throw new CommandError(`error: unexpected arguments: [${args.join(' ')}]`)
  const lines: string[] = []
  const errors: string[] = []
  for (const { resource, object } of objects) {
    const answer = (yield* ask(createRequest(object))).answers[0]!
    if (isOk(answer)) lines.push(`${printedName(resource, (answer.body as KubernetesObject).metadata.name)} created`)
    else errors.push(creationFailure(answer, resource.singular, flags))
  }
  return summary(lines, errors)
}

function creationFailure(answer: Answer, kind: string, flags: Flags): string {
  const file = valueOf(flags, 'filename')
  if (file !== undefined) return failureText(answer, `error when creating "${file === '-' ? 'STDIN' : file}": `)
  return kind === 'namespace' || answer.lost
    ? failureText(answer)
    : `error: failed to create ${kind}: ${messageOf(answer)}`
}

function generated({ args, flags, rest }: Invocation): {
  resource: ReturnType<typeof resourceNamed>
  object: KubernetesObject
} {
  const [what, name, ...more] = args
  if (what === undefined) throw new CommandError('error: must specify one of -f and -k')
  if (name === undefined || more.length > 0) {
    throw new CommandError(
      `error: exactly one NAME is required, got ${Math.max(args.length - 1, 0)}\nSee 'kubectl create ${what} -h' for help and examples`,
    )
  }
  if (what === 'namespace' || what === 'ns') {
    return {
      resource: resourceNamed('namespaces'),
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    }
  }
  if (what !== 'deployment' && what !== 'deploy') {
    throw new CommandError(
      `error: unknown command "${what}" for "kubectl create": write a manifest and use "kubectl create -f"`,
    )
  }
  const image = valueOf(flags, 'image')
  if (!image) throw new CommandError('error: required flag(s) "image" not set')
  const labels = { app: name }
  const short = image.split('/').at(-1)!.split('@')[0]!.split(':')[0]!
  const port = valueOf(flags, 'port')
  const container = {
    name: short,
    image,
    ...(port && { ports: [{ containerPort: Number(port) }] }),
    ...(rest.length > 0 && { command: rest }),
  }
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: namespaceOf(flags), labels },
    spec: {
      replicas: wholeNumber(valueOf(flags, 'replicas') ?? '1', 'replicas'),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  }
  return { resource: resourceNamed('deployments'), object: deployment }
}
