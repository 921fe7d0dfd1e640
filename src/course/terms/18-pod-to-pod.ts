/** The words that the lesson “Pod to Pod” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'cni',
    'CNI',
    'CNI',
    'Container Network Interface: how a container runtime asks plugins to connect a network namespace. A plugin is a program that is run with a verb (ADD, DEL, CHECK, GC, STATUS, VERSION) and a JSON configuration; it is not a daemon.',
    'Container Network Interface: cómo un entorno de ejecución pide a plugins que conecten un espacio de nombres de red. Un plugin es un programa que se ejecuta con un verbo (ADD, DEL, CHECK, GC, STATUS, VERSION) y una configuración JSON; no es un demonio.',
  ],
  [
    'ipam',
    'IPAM',
    'IPAM',
    'IP address management: the part of CNI that hands out addresses and takes them back. host-local keeps them as files on the node, one per address.',
    'Gestión de direcciones IP: la parte de CNI que reparte direcciones y las recupera. host-local las guarda como archivos en el nodo, uno por dirección.',
  ],
  [
    'network-policy',
    'NetworkPolicy',
    'NetworkPolicy',
    'An object that says which connections the Pods it selects may receive or open. What no policy allows in that direction is then refused; several policies add up. It has no effect unless the network enforces it.',
    'Un objeto que dice qué conexiones pueden recibir o abrir los Pods que selecciona. Lo que ninguna política permite en esa dirección se rechaza; varias se suman. No tiene efecto si la red no la aplica.',
  ],
]
