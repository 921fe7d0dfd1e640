/** The words that the lesson “Worker node overview” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'allocatable',
    'allocatable',
    'asignable (allocatable)',
    'What a node offers to Pods: its capacity less what is reserved for the system, for the kubelet and for the eviction threshold. Requests are counted against it.',
    'Lo que un nodo ofrece a los Pods: su capacidad menos lo reservado para el sistema, para el kubelet y para el umbral de desalojo. Con ello se comparan las peticiones.',
  ],
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
