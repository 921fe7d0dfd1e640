/** The words that the lesson “The scheduler” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'affinity',
    'affinity',
    'afinidad',
    'A rule in a Pod about where it wants to run: on nodes with certain labels, or near (or, as anti-affinity, away from) other Pods. It is a hard requirement or a preference with a weight.',
    'Una regla del Pod sobre dónde quiere ejecutarse: en nodos con ciertas etiquetas, o cerca (o, como antiafinidad, lejos) de otros Pods. Es un requisito o una preferencia con peso.',
  ],
  [
    'binding',
    'binding',
    'enlace (binding)',
    'The scheduler’s answer: a small object, written through the API, that sets a Pod’s spec.nodeName. Nothing is sent to the node; its kubelet sees the change by its watch.',
    'La respuesta del planificador: un objeto pequeño, escrito por la API, que fija spec.nodeName del Pod. Nada se envía al nodo; su kubelet ve el cambio por su watch.',
  ],
  [
    'filter',
    'filter',
    'filtro',
    'The scheduler’s first question about each node: could the Pod run there? A plugin answers yes, or no with a reason. Older texts call filters predicates.',
    'La primera pregunta del planificador sobre cada nodo: ¿podría ejecutarse allí el Pod? Un plugin responde que sí, o que no con una razón. Textos antiguos los llaman predicados.',
  ],
  [
    'request',
    'request (of resources)',
    'petición (de recursos)',
    'How much CPU or memory a container asks to have kept for it. The scheduler counts requests and nothing else: neither limits nor what is really used.',
    'Cuánta CPU o memoria pide un contenedor que se le reserve. El planificador cuenta peticiones y nada más: ni límites ni lo que de verdad se usa.',
  ],
  [
    'score',
    'score',
    'puntuación',
    'The scheduler’s second question, asked of the nodes that passed every filter: how good a place is this, from 0 to 100? Weighted and summed; the highest wins, ties are broken by chance.',
    'La segunda pregunta del planificador, para los nodos que pasaron todos los filtros: ¿qué tan buen lugar es, de 0 a 100? Se pondera y se suma; gana el más alto, los empates los decide el azar.',
  ],
  [
    'taint',
    'taint',
    'taint',
    'A mark on a node that keeps Pods away: NoSchedule, PreferNoSchedule, or NoExecute, which also evicts those already there.',
    'Una marca en un nodo que mantiene lejos a los Pods: NoSchedule, PreferNoSchedule o NoExecute, que además desaloja a los que ya están.',
  ],
  [
    'toleration',
    'toleration',
    'tolerancia',
    'A Pod’s permission to run on a node with a matching taint. It permits; it does not attract.',
    'El permiso de un Pod para ejecutarse en un nodo con un taint correspondiente. Permite; no atrae.',
  ],
]
