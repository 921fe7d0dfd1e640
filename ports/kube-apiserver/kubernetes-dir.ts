/**
 * What a control-plane program of somebody else's needs to be one of this cluster: who it is, and the cluster's authority.
 *
 * What the real one does: kubeadm writes these files to /etc/kubernetes, by these names.
 * What we leave out: what is etcd's, and the front proxy's.
 * Where to read upstream: kubernetes/kubernetes `cmd/kubeadm/app/phases/{kubeconfig,certs}`.
 */
import { join } from 'node:path'
import { type Authority, type Certificate, publicPemOf } from './certificates.ts'
import { kubeconfigOf, MARK, refuseForeign, removeKubeconfig, writeKubeconfig } from './kubeconfig.ts'

interface KubernetesFiles {
  readonly server: string
  readonly authority: Authority
  /** With its key. */
  readonly own: Certificate
  /** What tokens of service accounts are signed with, as PEM: by the API server, and by a controller manager for those in Secrets. */
  readonly signer: string
}

const NAMES = ['scheduler.conf', 'controller-manager.conf', 'pki/ca.crt', 'pki/ca.key', 'pki/sa.key', 'pki/sa.pub'] as const // prettier-ignore

function textsOf({ server, authority, own, signer }: KubernetesFiles): Record<(typeof NAMES)[number], string> {
  const program = (name: string): string => kubeconfigOf({ name, groups: [] }, { server, authority })
  return {
    'scheduler.conf': program('system:kube-scheduler'),
    'controller-manager.conf': program('system:kube-controller-manager'),
    // PEM may have words before it, which whoever reads it skips.
    'pki/ca.crt': `${MARK}\n${own.cert}`,
    'pki/ca.key': `${MARK}\n${own.key}`,
    'pki/sa.key': `${MARK}\n${signer}`,
    'pki/sa.pub': `${MARK}\n${publicPemOf(signer)}`,
  }
}

/** @throws NotOurs where a file of somebody else's stands; nothing is written then */
export function refuseForeignDir(folder: string): void {
  for (const name of NAMES) refuseForeign(join(folder, name), '--kubernetes-dir')
}

/** Writes them. @returns what removes them again */
export function writeKubernetesDir(folder: string, files: KubernetesFiles): () => void {
  refuseForeignDir(folder)
  const texts = Object.entries(textsOf(files)).map(([name, text]) => [join(folder, name), text] as const)
  for (const [path, text] of texts) writeKubeconfig(path, text)
  return () => texts.forEach(([path, text]) => removeKubeconfig(path, text))
}
