/** A network as the plain data that runs keep and views draw from: read off its graph, before anything runs. */
import type { Layer, SourceRange } from '../ir/graph';
import type {
  BlockDescription,
  LayerDescription,
  NetworkDescription,
  SourcePlace,
} from '../protocol/description';
import { inspect } from './inspection';
import type { Network } from './network';

/** `vectors` names what a training step of it records; views of an untrained network have none. */
export function describeNetwork(
  network: Network,
  vectors: NetworkDescription['vectors'] = {},
  graph = network.build(1, 'training'),
): NetworkDescription {
  const inspection = inspect(network.name, graph);
  const layers = inspection.layers.map((layer, i): LayerDescription => {
    const { parameters, source } = graph.layers[i];
    return {
      ...layer,
      parameterNames: parameters.filter((p) => p.trainable).map((p) => p.value.name),
      batchNorm: batchNormOf(graph.layers[i]),
      source: placeOf(source),
    };
  });
  const blocks = graph.blocks.map(
    (block): BlockDescription => ({
      scope: block.scope,
      name: block.name,
      kind: block.kind,
      shortcut: block.fork?.shortcut ?? null,
      inputShape: block.input.type.shape.slice(1),
      outputShape: block.output.type.shape.slice(1),
      source: placeOf(block.source),
    }),
  );
  return {
    name: network.name,
    title: network.title,
    role: blocks.some((b) => b.shortcut !== null) ? 'residual' : 'plain',
    citation: network.citation,
    options: network.options,
    inputShape: inspection.inputShape,
    order: network.order,
    parameters: inspection.parameters,
    macs: inspection.macs,
    layers,
    blocks,
    vectors,
  };
}

function batchNormOf({ nodes }: Layer): LayerDescription['batchNorm'] {
  const node = nodes.find(({ op }) => op === 'BatchNormalizationTraining');
  return node && { momentum: Number(node.attributes.momentum), epsilon: Number(node.attributes.epsilon) };
}

function placeOf(source: SourceRange | undefined): SourcePlace | undefined {
  return source && { file: source.file, line: source.line, column: source.column };
}
