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
import type { Authority } from './certificates.ts'
import { personas } from './personas.ts'

/** How we know a file of our own. */
const MARK = '# Written by `clusterwright up`, which writes over it and removes it.'
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

export function kubeconfig({ server, authority, tokens }: KubeconfigOptions): string {
  const tokenOf = (name: string) => Object.keys(tokens).find((token) => tokens[token]!.name === name)
  const users = personas.map((persona) => {
    const { cert, key } = persona.shows === 'certificate' ? authority.client(persona) : { cert: '', key: '' }
    const user = cert
      ? { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) }
      : { token: tokenOf(persona.name) }
    return { name: persona.name, user }
  })
  return `${MARK}\n${stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': personas[0]!.context,
    clusters: [{ name: CLUSTER_NAME, cluster: { server, 'certificate-authority-data': base64(authority.cert) } }],
    contexts: personas.map(({ context, name }) => ({
      name: context,
      context: { cluster: CLUSTER_NAME, user: name, namespace: 'default' },
    })),
    users,
  })}`
}

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
export function refuseForeign(path: string): void {
  const present = contentOf(path)
  if (present === undefined || isOurs(present)) return
  throw new NotOurs(
    `${path} is there and was not written by clusterwright: it stays as it is. Name another file with --kubeconfig`,
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
