/**
 * `kubectl debug`: a container beside those of a running Pod, in a copy of a Pod, or in a Pod with a node's own namespaces.
 *
 * What we model: the profiles `general` (the default) and `netadmin`, `sysadmin`, `baseline` and `restricted` as far as they
 * change what a container may.
 * What we leave out: a terminal (`-i`, `-t`, `--attach`): its output is in `kubectl logs`; `--custom`, `--keep-*`, `-f`.
 * The real one's names end in something by chance, these go by the clock.
 * Where to read upstream: kubectl `pkg/cmd/debug/{debug,profiles}.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import type { Container, KubernetesObject, Pod } from '#cluster/api/types.ts'
import { createRequest, getRequest, isOk, patchRequest } from '#cluster/client/api-client.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { isSet, namespaceOf, valueOf } from '../flags.ts'
import { parseTargets } from '../resource-arguments.ts'
import { noTerminal } from './attach.ts'

export const debugFlags: FlagSpec = {
  values: ['image', 'target', 'container', 'copy-to', 'profile', 'env', 'image-pull-policy'],
  switches: ['stdin', 'tty', 'quiet', 'replace', 'same-node', 'share-processes', 'arguments-only', 'keep-labels'],
  shorts: { c: 'container', i: 'stdin', t: 'tty', q: 'quiet' },
}

const PROFILES = ['legacy', 'general', 'baseline', 'restricted', 'netadmin', 'sysadmin']

export function* debug(invocation: Invocation): Steps {
  const { args, flags } = invocation
  const [word, ...more] = args
  if (word === undefined) throw new CommandError('error: NAME or filename is required for debug')
  if (more.length > 0) throw new CommandError(`error: one Pod or node is debugged at a time; a command stands after --: ${more.join(' ')}`) // prettier-ignore
  noTerminal(flags, 'give a command after --, and read what it prints with kubectl logs POD -c CONTAINER')
  const profile = valueOf(flags, 'profile') ?? 'general'
  if (!PROFILES.includes(profile)) throw new CommandError(`error: unknown profile: ${profile}`)
  const targets = yield* parseTargets([word.includes('/') ? word : `pod/${word}`])
  const { resource, name = '' } = targets[0]!
  if (resource.kind === 'Node') return yield* onNode(name, invocation)
  if (resource.kind !== 'Pod') throw new CommandError(`error: "${resource.kind}" not supported by debug`)
  const { body, now } = yield* need(getRequest(resource, namespaceOf(flags), name))
  return valueOf(flags, 'copy-to') === undefined ? yield* beside(body as Pod, resource, now, invocation) : yield* inCopy(body as Pod, now, invocation) // prettier-ignore
}

/** An ephemeral container. */
function* beside(pod: Pod, resource: Resource, now: Micros, invocation: Invocation): Steps {
  const { flags } = invocation
  const image = imageOf(flags, 'you must specify --image when not using --copy-to.')
  const target = valueOf(flags, 'target')
  const { name, said } = containerName(flags, now)
  const targeting = target === undefined ? '' : `Targeting container "${target}". ${TARGETING}\n`
  const container = {
    ...made(name, image, invocation),
    ...privileges(flags, true),
    resources: {},
    ...(target !== undefined && { targetContainerName: target }),
  }
  const order = [...(pod.spec.ephemeralContainers ?? []), container].map((one) => ({ name: one.name }))
  const patch = { spec: { ephemeralContainers: [container], '$setElementOrder/ephemeralContainers': order } }
  const answer = (yield* ask(patchRequest(resource, pod, 'strategic', patch, 'ephemeralcontainers'))).answers[0]!
  const errors = targeting + said
  return isOk(answer) ? { errors } : { errors: `${errors}${failureText(answer)}\n`, exitCode: 1 }
}

const TARGETING = "If you don't see processes from this container it may be because the container runtime doesn't support this feature." // prettier-ignore

/** The Pod again under another name, with one container more or one changed. */
function* inCopy(pod: Pod, now: Micros, invocation: Invocation): Steps {
  const { flags } = invocation
  const { nodeName, ephemeralContainers: _, ...spec } = pod.spec
  const asked = valueOf(flags, 'container')
  const own = spec.containers.map(withoutProbes)
  const existing = own.find((one) => one.name === asked)
  const { name, said } = existing ? { name: asked!, said: '' } : containerName(flags, now)
  const image = existing
    ? (valueOf(flags, 'image') ?? existing.image)
    : imageOf(flags, 'you must specify image when creating new container')
  const changed = { ...existing, ...made(name, image, invocation), ...privileges(flags, true) }
  const containers = existing ? own.map((one) => (one === existing ? changed : one)) : [...own, changed]
  const copy = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: valueOf(flags, 'copy-to')!,
      namespace: pod.metadata.namespace!,
      ...(isSet(flags, 'keep-labels') && { labels: pod.metadata.labels }),
    },
    spec: {
      ...spec,
      containers,
      shareProcessNamespace: flags['share-processes'] !== 'false',
      ...(isSet(flags, 'same-node') && { nodeName }),
    },
  }
  if (isSet(flags, 'replace')) yield* need({ ...getRequest('pods', pod.metadata.namespace, pod.metadata.name), method: 'DELETE' }) // prettier-ignore
  return yield* created(copy as unknown as KubernetesObject, said)
}

function withoutProbes({ livenessProbe: _l, readinessProbe: _r, startupProbe: _s, ...rest }: Container): Container {
  return rest
}

function* onNode(node: string, invocation: Invocation): Steps {
  const { flags } = invocation
  const { now } = yield* need(getRequest('nodes', undefined, node))
  const container = valueOf(flags, 'container') ?? 'debugger'
  const name = `node-debugger-${node}-${suffix(now)}`
  const sees = (valueOf(flags, 'profile') ?? 'general') !== 'restricted' && valueOf(flags, 'profile') !== 'baseline'
  const ownNamespaces = sees && { hostNetwork: true, hostPID: true, hostIPC: true }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: namespaceOf(flags), labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      ...ownNamespaces,
      nodeName: node,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
      volumes: [{ name: 'host-root', hostPath: { path: '/' } }],
      containers: [
        {
          ...made(container, imageOf(flags, 'you must specify --image when not using --copy-to.'), invocation),
          ...privileges(flags, false),
          volumeMounts: [{ name: 'host-root', mountPath: '/host' }],
        },
      ],
    },
  }
  const said = `Creating debugging pod ${name} with container ${container} on node ${node}.\n`
  return yield* created(pod as unknown as KubernetesObject, said)
}

function* created(pod: KubernetesObject, said: string): Steps {
  const answer = (yield* ask(createRequest(pod, resourceNamed('pods')))).answers[0]!
  return isOk(answer) ? { errors: said } : { errors: `${said}${failureText(answer)}\n`, exitCode: 1 }
}

function imageOf(flags: Flags, missing: string): string {
  const image = valueOf(flags, 'image')
  if (image === undefined) throw new CommandError(`error: ${missing}`)
  return image
}

function made(name: string, image: string, { flags, rest }: Invocation): Container {
  const env = (valueOf(flags, 'env') ?? '').split(',').filter((pair) => pair.includes('='))
  const imagePullPolicy = valueOf(flags, 'image-pull-policy')
  return {
    name,
    image,
    terminationMessagePolicy: 'File',
    ...(rest.length > 0 && { [isSet(flags, 'arguments-only') ? 'args' : 'command']: rest }),
    ...(imagePullPolicy && { imagePullPolicy }),
    ...(env.length > 0 && { env: env.map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1) })) }), // prettier-ignore
  } as Container
}

/** What the profile lets the container do. */
function privileges(flags: Flags, inPod: boolean): object {
  switch (valueOf(flags, 'profile') ?? 'general') {
    case 'general':
      return inPod ? { securityContext: { capabilities: { add: ['SYS_PTRACE'] } } } : {}
    case 'netadmin':
      return { securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } } }
    case 'sysadmin':
      return { securityContext: { privileged: true } }
    case 'restricted':
      return { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } } // prettier-ignore
    default:
      return {}
  }
}

function containerName(flags: Flags, now: Micros): { readonly name: string; readonly said: string } {
  const asked = valueOf(flags, 'container')
  if (asked !== undefined) return { name: asked, said: '' }
  const name = `debugger-${suffix(now)}`
  return { name, said: `Defaulting debug container name to ${name}.\n` }
}

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** Five letters as Kubernetes' names have them. */
function suffix(now: Micros): string {
  let [text, rest] = ['', Math.floor(now / 1_000)]
  for (; text.length < 5; rest = Math.floor(rest / LETTERS.length)) text += LETTERS[rest % LETTERS.length]
  return text
}
