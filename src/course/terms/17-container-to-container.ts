/** The words that the lesson “Container to container” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'host-network',
    'host network',
    'red del host',
    'A Pod with hostNetwork: true gets no network namespace of its own: it uses its node’s, with the node’s address and ports.',
    'Un Pod con hostNetwork: true no recibe un espacio de nombres de red propio: usa el de su nodo, con la dirección y los puertos del nodo.',
  ],
  [
    'network-namespace',
    'network namespace',
    'espacio de nombres de red',
    'A Linux kernel’s separate set of interfaces, addresses, routes and rules. All containers of a Pod share one, so they share an IP address and reach each other on localhost.',
    'Un conjunto separado de interfaces, direcciones, rutas y reglas en el núcleo de Linux. Todos los contenedores de un Pod comparten uno, así que comparten dirección IP y se alcanzan por localhost.',
  ],
  [
    'pause',
    'pause container',
    'contenedor pause',
    'The first container of a Pod with most runtimes. It does little but hold the Pod’s network namespace open, so that the others can come and go.',
    'El primer contenedor de un Pod con la mayoría de los entornos de ejecución. Apenas hace más que mantener abierto su espacio de nombres de red, para que los demás puedan ir y venir.',
  ],
  [
    'sidecar',
    'sidecar',
    'sidecar',
    'A container that helps the main one of its Pod, such as a proxy or a log shipper. Declared as an init container with restartPolicy: Always, it starts before the main ones and ends after them.',
    'Un contenedor que ayuda al principal de su Pod, como un proxy o un recolector de registros. Declarado como init container con restartPolicy: Always, arranca antes que los principales y termina después.',
  ],
]
