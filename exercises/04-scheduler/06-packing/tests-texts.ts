/** What is said about a learner's own examples for `packing`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-cpu': 'write CPUs as text, such as "500m", "2" or "0.5"',
    'want-memory': 'write memory as text, such as "512Mi" or "4Gi"',
    'want-node': 'name one of its nodes that has room for the Pod: {known}',
    'want-two': 'name two nodes',
    'want-new-name': 'give each a name of its own',
    'want-some': 'write one at least',
    range: 'Node {node} gets a score for Pod {pod} that is out of range.',
    'no-say': 'Pod {pod} is not scored at all.',
    more: '{first} does not get more than {second} for Pod {pod}.',
    same: '{first} and {second} do not get the same for Pod {pod}.',
    again: 'Pod {pod} at {node} is asked about again, after other Pods, and gets another score.',
    'more-expected': 'more than {score}',
  },
  es: {
    'want-cpu': 'escribe las CPU como texto, por ejemplo "500m", "2" o "0.5"',
    'want-memory': 'escribe la memoria como texto, por ejemplo "512Mi" o "4Gi"',
    'want-node': 'nombra uno de sus nodos con sitio para el Pod: {known}',
    'want-two': 'nombra dos nodos',
    'want-new-name': 'da a cada uno un nombre propio',
    'want-some': 'escribe al menos uno',
    range: 'El nodo {node} recibe para el Pod {pod} una puntuación fuera de los límites.',
    'no-say': 'El Pod {pod} no recibe ninguna puntuación.',
    more: '{first} no recibe más que {second} para el Pod {pod}.',
    same: '{first} y {second} no reciben lo mismo para el Pod {pod}.',
    again: 'Se pregunta otra vez por el Pod {pod} en {node}, después de otros, y la puntuación es otra.',
    'more-expected': 'más de {score}',
  },
})
