/** The words that the lesson “Pod to the outside” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'egress',
    'egress',
    'tráfico de salida (egress)',
    'Connections that Pods open, in particular to places outside the cluster. Most networks give them the node’s address on the way out.',
    'Conexiones que abren los Pods, en particular hacia fuera del clúster. La mayoría de las redes les dan la dirección del nodo al salir.',
  ],
  [
    'gateway-api',
    'Gateway API',
    'Gateway API',
    'Kinds of objects for routing traffic to Services, installed as custom resources: a Gateway says where to listen, an HTTPRoute which requests go where. Successor of Ingress, with roles kept apart.',
    'Tipos de objetos para dirigir el tráfico a Services, instalados como recursos personalizados: un Gateway dice dónde escuchar, un HTTPRoute qué peticiones van a dónde. Sucesor de Ingress, con los papeles separados.',
  ],
  [
    'ingress',
    'Ingress',
    'Ingress',
    'An object that maps host names and paths of HTTP to Services. Nothing happens until an ingress controller, a proxy that is installed apart, acts on it.',
    'Un objeto que asigna nombres de host y rutas de HTTP a Services. No pasa nada hasta que lo atiende un controlador de ingress, un proxy que se instala aparte.',
  ],
  [
    'masquerade',
    'masquerade',
    'enmascaramiento',
    'Source address translation with the node’s own address (SNAT): the other side sees the node, answers it, and conntrack leads the answer back to the Pod.',
    'Traducción de la dirección de origen por la del propio nodo (SNAT): el otro lado ve el nodo, le responde, y conntrack lleva la respuesta de vuelta al Pod.',
  ],
  [
    'node-port',
    'NodePort',
    'NodePort',
    'A port, from 30000 to 32767 by default, on which every node takes connections for a Service, whether one of its Pods runs there or not.',
    'Un puerto, por defecto entre 30000 y 32767, en el que cada nodo acepta conexiones para un Service, se ejecute allí uno de sus Pods o no.',
  ],
  [
    'traffic-policy',
    'traffic policy',
    'política de tráfico',
    'Which Pods may serve what arrives from outside: Cluster, all of them, behind the node’s address; Local, only those of the node that was reached, and the client’s address is kept.',
    'Qué Pods pueden atender lo que llega de fuera: Cluster, todos, tras la dirección del nodo; Local, solo los del nodo alcanzado, y se conserva la dirección del cliente.',
  ],
]
