/** The words that the lesson “kube-proxy” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'cluster-ip',
    'ClusterIP',
    'ClusterIP',
    'The address of a Service inside the cluster, from a range of its own (10.96.0.0/12 with kubeadm). It stays as long as the Service does.',
    'La dirección de un Service dentro del clúster, de un rango propio (10.96.0.0/12 con kubeadm). Dura tanto como el Service.',
  ],
  [
    'conntrack',
    'conntrack',
    'conntrack',
    'The Linux kernel’s table of connections. The first packet of a flow to a Service is rewritten by a rule; the later ones, and the replies, follow this table.',
    'La tabla de conexiones del núcleo de Linux. El primer paquete de un flujo hacia un Service lo reescribe una regla; los siguientes, y las respuestas, siguen esta tabla.',
  ],
  [
    'dnat',
    'DNAT',
    'DNAT',
    'Destination address translation: a packet’s destination is replaced on its way. That is how the address of a Service becomes that of a Pod.',
    'Traducción de la dirección de destino: se sustituye el destino de un paquete por el camino. Así la dirección de un Service se convierte en la de un Pod.',
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
    'nftables',
    'nftables',
    'nftables',
    'The successor of iptables in the Linux kernel. It can look a destination up in a map instead of comparing rules one by one; kube-proxy’s nftables mode is stable since v1.33.',
    'El sucesor de iptables en el núcleo de Linux. Puede buscar un destino en un mapa en vez de comparar reglas una a una; el modo nftables de kube-proxy es estable desde v1.33.',
  ],
  [
    'service',
    'Service',
    'Service',
    'A name and an address that stay while the Pods behind them come and go. A ClusterIP belongs to no network card; kernel rules on each node give it meaning.',
    'Un nombre y una dirección que permanecen mientras los Pods detrás van y vienen. Una ClusterIP no pertenece a ninguna tarjeta de red; le dan sentido las reglas del núcleo en cada nodo.',
  ],
  [
    'session-affinity',
    'session affinity',
    'afinidad de sesión',
    'A Service’s wish that one client always meets the same Pod. ClientIP tells clients apart by their address and lasts, by default, until three hours without a new connection have passed.',
    'El deseo de un Service de que un cliente encuentre siempre el mismo Pod. ClientIP distingue a los clientes por su dirección y dura, por defecto, hasta tres horas sin conexiones nuevas.',
  ],
]
