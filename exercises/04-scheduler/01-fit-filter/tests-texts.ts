/** What is said about a learner's own examples for `fit-filter`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-quantity': 'write a quantity as text, such as "500m", "2" or "1.5Gi"',
    'want-node': 'name one of its nodes: {known}',
    'want-answer': 'say what at least one node must answer',
    'answers-otherwise': 'Pod {pod} at {node} gets another answer.',
  },
  es: {
    'want-quantity': 'escribe una cantidad como texto, por ejemplo "500m", "2" o "1.5Gi"',
    'want-node': 'nombra uno de sus nodos: {known}',
    'want-answer': 'di qué debe responder al menos un nodo',
    'answers-otherwise': 'El Pod {pod} recibe en {node} otra respuesta.',
  },
})
