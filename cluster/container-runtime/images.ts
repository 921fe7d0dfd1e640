/**
 * The image registry: which images there are, and which program each one runs.
 *
 * An image of this simulation is a name, a size and a component. Further rows come in by the runtime's options.
 */
import type { Component } from '#cluster/kernel/component.ts'
import { client } from './images/client.ts'
import { pause } from './images/pause.ts'
import { burn, crash, sleep } from './images/small.ts'
import { nginx, web } from './images/web.ts'

export interface ImageRow {
  /** Without the tag: `docker.io/library/nginx`. */
  readonly repository: string
  /** A pull of any other tag fails. */
  readonly tags: readonly string[]
  /** Name of the component that it runs. */
  readonly component: string
  /** What runs if the container names no command of its own. */
  readonly entrypoint: readonly string[]
  /** It is the image's CMD: arguments take its place, instead of following it. */
  readonly isCmd?: boolean
  /** Other binaries in it; naming one that is not there is a start error. */
  readonly commands: readonly string[]
  /** Those of its binaries that another component is. */
  readonly otherComponents?: Readonly<Record<string, string>>
  readonly sizeBytes: number
}

const VERSIONS = ['latest', 'v1', 'v2', 'v3', '1.0', '1.1', '2.0']
const MEGABYTE = 1_000_000

/** The sandbox image of containerd's configuration. */
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10.1'

const library = (name: string, sizeMegabytes: number, more: Partial<ImageRow> = {}): ImageRow => ({
  repository: `docker.io/library/${name}`,
  tags: VERSIONS,
  component: name,
  entrypoint: [`/${name}`],
  commands: [name],
  sizeBytes: sizeMegabytes * MEGABYTE,
  ...more,
})

export const imageRows: readonly ImageRow[] = [
  library('pause', 1, { repository: 'registry.k8s.io/pause', tags: ['3.10', '3.10.1', 'latest'] }),
  library('web', 20),
  library('nginx', 70, {
    // 1.14.2 and 1.16.1 are in Kubernetes' own examples, 1.16.0 in the chart that helm makes.
    tags: ['latest', '1.14.2', '1.16.0', '1.16.1', '1.25', '1.26', '1.27', '1.28', '1.29', 'alpine'],
    entrypoint: ['nginx', '-g', 'daemon off;'],
  }),
  library('client', 5, { commands: ['client', 'curl', 'wget', 'sh'] }),
  library('curl', 5, { component: 'client', entrypoint: ['curl'], commands: ['curl'] }),
  library('crash', 2, { commands: ['crash', 'sh'] }),
  library('burn', 2, { commands: ['burn', 'stress'] }),
  library('sleep', 2, { commands: ['sleep', 'sh'] }),
  library('coredns', 20, {
    repository: 'registry.k8s.io/coredns/coredns',
    tags: ['v1.12.4', 'v1.13.1', 'v1.14.0'],
    entrypoint: ['/coredns'],
  }),
  library('metrics-server', 25, {
    repository: 'registry.k8s.io/metrics-server/metrics-server',
    tags: ['v0.8.0', 'v0.8.1'],
    entrypoint: ['/metrics-server'],
  }),
  library('admission-webhook', 20, {
    repository: 'registry.example/admission-webhook',
    tags: ['latest', 'v1'],
    entrypoint: ['/webhook'],
  }),
  library('busybox', 4, {
    component: 'sleep',
    tags: ['latest', '1', '1.36', '1.37'],
    entrypoint: ['sh'],
    isCmd: true,
    commands: ['sleep', 'sh', 'echo', 'cat', 'true', 'false', 'date', 'env', 'hostname', 'ls', 'seq', 'tail', 'wget'],
    otherComponents: { wget: 'client' },
  }),
]

/** The programs, by the names under which a world must know them. */
export const programs: Readonly<Record<string, Component>> = { pause, web, nginx, client, crash, burn, sleep }

/** `nginx` → `docker.io/library/nginx:latest`, as containerd completes a name. */
export function canonicalImage(name: string): {
  readonly repository: string
  readonly tag: string
  readonly reference: string
} {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost'
  const path = hasHost ? name : slash < 0 ? `docker.io/library/${name}` : `docker.io/${name}`
  const colon = path.lastIndexOf(':')
  const tagged = colon > path.lastIndexOf('/')
  const repository = tagged ? path.slice(0, colon) : path
  const tag = tagged ? path.slice(colon + 1) : 'latest'
  return { repository, tag, reference: `${repository}:${tag}` }
}
