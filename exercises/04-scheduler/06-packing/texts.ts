/** What the checks of `packing` say when they fail, and what is measured. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'out-of-range': 'Node {node} got the score {score} for Pod {pod}: after normalizing, scores lie between 0 and 100.',
    refused: 'kube-scheduler has refused a score: {words}.',
    'wakes-a-node': '{used} holds a Pod, {empty} is as large and empty, and {empty} was not scored lower.',
    'wakes-a-node-expected': 'more for {used} than {unused}',
    'asked-again': 'Pod {pod} on {node} was asked about again, after other Pods, and got another score.',
    'other-order': 'Pod {pod} on {node} got another score when the nodes came in another order, before a fresh plugin.',
    'too-dear': 'A decision over {nodes} nodes cost {few} units of fuel, over ten times as many {many}.',
    'too-dear-expected': 'about 10 times as much',
    'too-dear-actual': '{times} times as much',
    pending: 'Pod {pod} is still Pending, although there is room for it.',
    'pending-expected': 'every Pod on a node',
    'below-bar':
      'Over {cases} cases, your bill was {percent} % of the one of LeastAllocated, which spreads Pods as thinly as it can.',
    'below-bar-expected': 'at most {percent} % at the median',
    'measure-bill': 'bill per unit of work',
    'measure-idle': 'idle share of what was paid',
    'measure-nodes': 'nodes in use',
    'measure-p50': 'seconds to bind, p50',
    'measure-p99': 'seconds to bind, p99',
    ours: 'the course’s own',
  },
  es: {
    'out-of-range':
      'El nodo {node} recibió la puntuación {score} para el Pod {pod}: tras normalizar, están entre 0 y 100.',
    refused: 'kube-scheduler rechazó una puntuación: {words}.',
    'wakes-a-node': '{used} tiene un Pod, {empty} es igual de grande y está vacío, y {empty} no recibió menos puntos.',
    'wakes-a-node-expected': 'más de {unused} para {used}',
    'asked-again': 'Se volvió a preguntar por el Pod {pod} en {node}, después de otros, y la puntuación fue otra.',
    'other-order': 'El Pod {pod} en {node} recibió otra puntuación con los nodos en otro orden y un plugin nuevo.',
    'too-dear': 'Una decisión entre {nodes} nodos costó {few} unidades de combustible, y entre diez veces más {many}.',
    'too-dear-expected': 'unas 10 veces más',
    'too-dear-actual': '{times} veces más',
    pending: 'El Pod {pod} sigue en Pending, aunque hay sitio para él.',
    'pending-expected': 'cada Pod en un nodo',
    'below-bar':
      'En {cases} casos, tu factura fue el {percent} % de la de LeastAllocated, que reparte los Pods todo lo que puede.',
    'below-bar-expected': 'como mucho el {percent} % en la mediana',
    'measure-bill': 'factura por unidad de trabajo',
    'measure-idle': 'parte ociosa de lo pagado',
    'measure-nodes': 'nodos en uso',
    'measure-p50': 'segundos hasta el enlace, p50',
    'measure-p99': 'segundos hasta el enlace, p99',
    ours: 'la del curso',
  },
  names: {
    'a score is a whole number from 0 to 100': 'una puntuación es un número entero de 0 a 100',
    'a Pod that asks for nothing is scored as well': 'un Pod que no pide nada también recibe puntuación',
    'of two like nodes, the one in use is the better': 'de dos nodos iguales, es mejor el que está en uso',
    'the same question gets the same answer, in any order of nodes':
      'a la misma pregunta, la misma respuesta, sea cual sea el orden de los nodos',
    'ten times the nodes cost ten times as much': 'diez veces más nodos cuestan diez veces más',
    'in a living cluster every Pod finds its place': 'en un clúster vivo cada Pod encuentra su sitio',
    'the bill, over cases that are drawn from your own code': 'la factura, en casos sorteados a partir de tu código',
  },
})
