/** The words that the lesson “Worker node overview” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'node',
    'node',
    'nodo',
    'A machine of the cluster, with a kubelet, a container runtime and usually kube-proxy. The Node object in the API is what the cluster knows of it.',
    'Una máquina del clúster, con un kubelet, un entorno de ejecución y normalmente kube-proxy. El objeto Node de la API es lo que el clúster sabe de ella.',
  ],
  [
    'pod',
    'Pod',
    'Pod',
    'The smallest thing that Kubernetes runs: one or more containers with one IP address, on one node. A Pod never moves; another one, with another UID, takes its place.',
    'Lo más pequeño que ejecuta Kubernetes: uno o más contenedores con una dirección IP, en un nodo. Un Pod nunca se muda; otro, con otro UID, ocupa su lugar.',
  ],
]
