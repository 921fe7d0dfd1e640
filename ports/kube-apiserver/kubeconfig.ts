/**
 * The kubeconfig: where the server is, by whose word, and everybody's credentials, with one context each.
 *
 * The file is for its owner's eyes (mode 0600), is never written over one that somebody else wrote, and goes when the
 * cluster goes: its keys open nothing afterwards.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { stringify } from 'yaml'
import type { UserInfo } from '#cluster/api/http.ts'
import type { Authority, Certificate } from './certificates.ts'
import { personas } from './personas.ts'

/** How we know a file of our own. */
export const MARK = '# Written by `clusterwright up`, which writes over it and removes it.'
export const CLUSTER_NAME = 'clusterwright'

/** Somebody else's file stands where ours should. */
export class NotOurs extends Error {}

export interface KubeconfigOptions {
  /** `https://127.0.0.1:6443` */
  readonly server: string
  readonly authority: Authority
  /** Tokens, and whose they are. */
  readonly tokens: Readonly<Record<string, UserInfo>>
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Somebody, and with what they prove who they are. */
interface Holder {
  readonly context: string
  readonly name: string
  readonly user: Readonly<Record<string, string | undefined>>
}

const withCertificate = ({ cert, key }: Certificate): Holder['user'] => ({
  'client-certificate-data': base64(cert),
  'client-key-data': base64(key),
})

export function kubeconfig({ server, authority, tokens }: KubeconfigOptions): string {
  const tokenOf = (name: string) => Object.keys(tokens).find((token) => tokens[token]!.name === name)
  const holders = personas.map((persona): Holder => ({
    ...persona,
    user:
      persona.shows === 'certificate' ? withCertificate(authority.client(persona)) : { token: tokenOf(persona.name) },
  }))
  return written(server, authority, holders)
}

/** For a program, which is nobody else ever: there is one context. */
export function kubeconfigOf(user: UserInfo, { server, authority }: Omit<KubeconfigOptions, 'tokens'>): string {
  const context = `${user.name}@${CLUSTER_NAME}`
  return written(server, authority, [{ context, name: user.name, user: withCertificate(authority.client(user)) }])
}

const written = (server: string, { cert }: Authority, holders: readonly Holder[]): string =>
  `${MARK}\n${stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': holders[0]!.context,
    clusters: [{ name: CLUSTER_NAME, cluster: { server, 'certificate-authority-data': base64(cert) } }],
    contexts: holders.map(({ context, name }) => ({
      name: context,
      context: { cluster: CLUSTER_NAME, user: name, namespace: 'default' },
    })),
    users: holders.map(({ name, user }) => ({ name, user })),
  })}`

const isOurs = (text: string): boolean => text.startsWith(MARK)

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** @throws NotOurs where the file is not one of ours; nothing is written then */
export function refuseForeign(path: string, option = '--kubeconfig'): void {
  const present = contentOf(path)
  if (present === undefined || isOurs(present)) return
  throw new NotOurs(
    `${path} is there and was not written by clusterwright: it stays as it is. Name another ${option === '--kubeconfig' ? 'file' : 'folder'} with ${option}`,
  )
}

export function writeKubeconfig(path: string, text: string): void {
  refuseForeign(path)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o600 })
  // The mode above counts for new files alone.
  chmodSync(path, 0o600)
}

/** Removes it if it still is the one that was written. */
export function removeKubeconfig(path: string, text: string): void {
  if (contentOf(path) === text) rmSync(path)
}
