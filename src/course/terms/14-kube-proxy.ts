/** The words that the lesson “kube-proxy” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'conntrack',
    'conntrack',
    'conntrack',
    'The Linux kernel’s table of connections. The first packet of a flow to a Service is rewritten by a rule; the later ones, and the replies, follow this table.',
    'La tabla de conexiones del núcleo de Linux. El primer paquete de un flujo hacia un Service lo reescribe una regla; los siguientes, y las respuestas, siguen esta tabla.',
  ],
  [
    'endpointslice',
    'EndpointSlice',
    'EndpointSlice',
    'A list of addresses behind a Service, at most 100 in one slice by default, each with its readiness. Its controller writes it; kube-proxy reads it.',
    'Una lista de direcciones detrás de un Service, por defecto 100 como mucho en cada una, con su disponibilidad. La escribe su controlador; la lee kube-proxy.',
  ],
  [
    'iptables',
    'iptables',
    'iptables',
    'The Linux kernel’s chains of packet rules, in the form that kube-proxy’s default mode on Linux writes. A packet visits rules one by one until one decides.',
    'Las cadenas de reglas de paquetes del núcleo de Linux, en la forma que escribe el modo por defecto de kube-proxy en Linux. Un paquete visita reglas una a una hasta que una decide.',
  ],
  [
    'kube-proxy',
    'kube-proxy',
    'kube-proxy',
    'The component on each node that turns Services and their endpoints into kernel rules. Packets follow the rules; they do not pass through the kube-proxy process.',
    'El componente de cada nodo que convierte los Services y sus endpoints en reglas del núcleo. Los paquetes siguen las reglas; no pasan por el proceso kube-proxy.',
  ],
  [
    'service',
    'Service',
    'Service',
    'A name and an address that stay while the Pods behind them come and go. A ClusterIP belongs to no network card; kernel rules on each node give it meaning.',
    'Un nombre y una dirección que permanecen mientras los Pods detrás van y vienen. Una ClusterIP no pertenece a ninguna tarjeta de red; le dan sentido las reglas del núcleo en cada nodo.',
  ],
]
